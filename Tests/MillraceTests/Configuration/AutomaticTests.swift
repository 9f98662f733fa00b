import Foundation
import Testing
import _MillraceTestSupport

@testable import MillraceModels
@testable import MillraceTraining

struct AutomaticTests {
  private struct Sample {
    @Automatic var size = 32
  }

  @Test func `A setting reads as a value, and what somebody gives is not chosen anew`() {
    var sample = Sample()
    #expect(
      sample.size == 32 && sample.$size.isAutomatic && sample.$size.isPending && sample.$size.reason == nil)
    sample.$size.choose(64, because: "large images")
    #expect(sample.size == 64 && sample.$size.isAutomatic && !sample.$size.isPending)
    sample.$size.choose(48, because: "on second thoughts")
    #expect(sample.size == 48 && sample.$size.reason == "on second thoughts")
    sample.size = 16
    #expect(!sample.$size.isAutomatic && sample.$size.reason == nil)
    sample.$size.choose(64, because: "large images")
    #expect(sample.size == 16)
    sample.$size.reset()
    #expect(sample.size == 32 && sample.$size.isPending)
  }

  /// All settings that are left to the program unless they are given. A stem is chosen only where somebody asks for it:
  /// `StemTextTests`.
  private static let keys = ConfigurationSetting.all.filter { $0.choice != nil && $0.key != "stem" }.map(
    \.key)

  @Test(arguments: keys)
  func
    `Each setting that is left to the program can be left to it by name, and given the value that it came to`(
      key: String
    ) throws
  {
    let setting = try #require(ConfigurationSetting.all.first { $0.key == key })
    let chosen = TrainingConfiguration(data: "").chosen(for: .unknown)
    let state = try #require(setting.choice?.state(chosen))
    #expect(state.isAutomatic && !state.isPending && state.reason?.isEmpty == false)
    #expect(setting.text(chosen) == "auto")

    var given = TrainingConfiguration(data: "")
    let value = try #require(setting.value(chosen))
    try given.set(key, to: value)
    #expect(setting.text(given) == value && setting.resolvedText(given) == value)
    #expect(given.resolvedSettings.first { $0.key == key }?.isGiven == true)
    try given.set(key, to: "auto")
    #expect(given == TrainingConfiguration(data: ""))
  }

  @Test func `A change of one setting changes the choice of those that depend on it`() throws {
    var layers = LayeredConfiguration()
    try layers.apply(
      file: try ConfigurationFile.text(of: TrainingConfiguration(data: "photos").chosen(for: .unknown)),
      path: "run.yaml")
    var optimization = try layers.resolved().chosen(for: .unknown).optimization
    #expect(
      optimization.optimizer.kind == .momentum && optimization.learningRate == 0.025
        && optimization.shards == 2)
    try layers.apply(flag: "optimizer", "adam")
    try layers.apply(flag: "batch-size", "1024")
    optimization = try layers.resolved().chosen(for: .unknown).optimization
    #expect(optimization.learningRate == 0.001 && optimization.shards == 8)
    try layers.apply(flag: "optimizer", "auto")
    try layers.apply(flag: "batch-norm", "none")
    #expect(try layers.resolved().chosen(for: .unknown).optimization.learningRate == 0.013)
  }

  @Test func `A resumed run keeps the values that it began with, whatever would be chosen now`() throws {
    let bench = try ResumeBench()
    var configuration = try ResumeCase.everythingRandom.configuration(bench.images)
    configuration.optimization.$learningRate.reset()
    try bench.train(configuration, "run", StopAtEvent(4))
    let folder = bench.folder("run")
    let last = try Checkpoint(contentsOf: folder.lastCheckpoint)
    #expect(
      last.state.settings["lr"] == "0.028"
        && last.state.choices?["lr"] == "usual for momentum, 64 inputs, batch-norm and 10 images a step")
    // This is how a version with another rule would have left it.
    var state = last.state
    state.settings["lr"] = "0.031"
    state.choices?["lr"] = "an older rule"
    try Checkpoint(model: last.model, vectors: last.vectors, state: state).save(to: folder.lastCheckpoint)

    for change: @Sendable (inout TrainingConfiguration) throws -> Void in [
      { _ in }, { try $0.set("lr", to: "auto") },
    ] {
      let optimization = try TrainingRun(resuming: folder.path, changing: change).configuration.optimization
      #expect(optimization.learningRate == 0.031 && optimization.$learningRate.reason == "an older rule")
    }
    #expect(throws: ResumeError.self) {
      try TrainingRun(resuming: folder.path) { try $0.set("lr", to: "0.05") }
    }
    try bench.resume("run")
    #expect(try Model(contentsOf: folder.model).recipe["lr"] == "0.031")
    #expect(
      try String(contentsOfFile: folder.configuration, encoding: .utf8)
        .contains(#/\nlr: auto +# 0\.031: an older rule\n/#))
  }
}
