import Foundation
import MillraceImages
import MillraceNetwork
import _MillraceTestSupport

@testable import MillraceModels
@testable import MillraceTraining
@testable import MillraceWorkshop

/// Searches on a small folder of images, each of which ends with a model.
final class TuningBench {
  let images: ImageFolder
  let output: TemporaryFolder
  /// Enough for eight candidates in three rungs, 22 epochs of five steps, for two comparisons on other images, 24
  /// more, and for the winner's six epochs of six steps and as many of its refit.
  static let steps = 302

  init() throws {
    images = try ImageFolder(countPerClass: 16)
    output = try TemporaryFolder()
  }

  func configuration() throws -> TrainingConfiguration {
    var configuration = TrainingConfiguration(data: images.path)
    configuration.imageSize = ImageSize(width: 10, height: 10)
    configuration.augment = try AugmentationPolicy(parsing: "rotate:10, jitter:0.2")
    configuration.hidden = [12]
    configuration.optimization.epochs = 6
    configuration.optimization.batchSize = 8
    return configuration
  }

  /// Options that also let some given settings move.
  func options(steps: Int = TuningBench.steps) -> TuningOptions {
    var options = TuningOptions(budget: .steps(steps))
    options.included = ["mirror", "strength", "lr", "dropout", "width", "mixup", "batch-norm"]
    return options
  }

  func start(_ name: String, _ change: (inout TrainingConfiguration) -> Void = { _ in }) throws -> TuningRun {
    var configuration = try configuration()
    change(&configuration)
    return try TuningRun(configuration, options(), output: output.path, name: name)
  }

  func resume(_ name: String, workers: Int? = nil) throws -> TuningRun {
    try TuningRun(resuming: output.file(name)) { $0.execution.workers = workers }
  }

  /// Searches and trains the winner to the end.
  func finish(_ tuning: TuningRun) throws {
    try tuning.search()
    try tuning.finalRun()?.train()
  }

  /// Everything that a search results in, except times.
  struct Outcome: Equatable {
    let state: HalvingState
    let candidates: [TuningCandidate]
    /// The losses of each candidate's epochs.
    let curves: [[Double]]
    /// The winner's settings, without those that do not affect the result.
    let best: [String: String]
    let model: Data
  }

  /// The configuration in `best.yaml`.
  func best(in folder: TuningFolder) throws -> TrainingConfiguration {
    var best = TrainingConfiguration(data: "")
    try ConfigurationFile.apply(
      try String(contentsOfFile: folder.best, encoding: .utf8), path: folder.best, to: &best)
    return best
  }

  func outcome(_ name: String) throws -> Outcome {
    let folder = TuningFolder(path: output.file(name))
    let record = try TuningRecord(of: folder)
    return Outcome(
      state: record.state, candidates: record.candidates,
      curves: record.curves.map { $0.flatMap { [$0.training.loss, $0.validation?.loss ?? -1] } },
      best: try best(in: folder).recipe,
      model: try Data(contentsOf: URL(fileURLWithPath: folder.final.model)))
  }
}

/// Stops a search at one of its events, counted from 0.
final class StopAtTuningEvent: TuningObserver {
  private var left: Int
  private(set) var seen = 0

  init(_ index: Int = .max) { left = index }

  func receive(_ event: TuningEvent) throws {
    if left == 0 { throw StopAtEvent.Stop() }
    left -= 1
    seen += 1
  }
}
