import Foundation
import MillraceNetwork
import Testing
import _MillraceTestSupport

@testable import MillraceModels
@testable import MillraceTraining

/// The temperature that is fitted at the end of a run.
struct CalibratedRunTests {
  private let bench: ResumeBench
  private let configuration: TrainingConfiguration

  init() throws {
    bench = try ResumeBench(countPerClass: 40)
    var configuration = try ResumeCase.everythingRandom.configuration(bench.images)
    configuration.validationFraction = 0.5
    configuration.calibrates = true
    self.configuration = configuration
  }

  private func train(_ configuration: TrainingConfiguration) throws -> TrainingSummary {
    try TrainingRun(configuration, output: nil).train()
  }

  @Test(arguments: [nil, ConvolutionStem(channels: [4, 6])])
  func `A run's model has the temperature that its validation images have best, and the same weights`(
    stem: ConvolutionStem?
  ) throws {
    var configuration = configuration
    configuration.stem = stem
    let run = try TrainingRun(configuration, output: nil)
    let validation = try #require(run.validation)
    let summary = try run.train()
    let fit = try #require(summary.calibration)
    #expect(fit.temperature == summary.model.temperature && fit.temperature != 1)
    #expect(fit.count == validation.count && fit.after.loss < fit.before.loss)
    var plain = configuration
    plain.calibrates = false
    let uncalibrated = try train(plain)
    #expect(uncalibrated.calibration == nil && uncalibrated.model.temperature == 1)
    #expect(uncalibrated.model.parameters == summary.model.parameters)
    // What evaluate --calibrate comes to.
    var model = uncalibrated.model
    let before = try model.evaluate(validation)
    model.calibrate(with: before)
    #expect(model.temperature == fit.temperature)
    #expect(abs(before.loss - fit.before.loss) < 1e-6)
    let after = try summary.model.evaluate(validation)
    #expect(abs(after.loss - fit.after.loss) < 1e-6 && after.accuracy == before.accuracy)
    #expect(abs((after.calibration?.expectedError ?? 1) - fit.after.calibrationError) < 1e-6)
  }

  @Test func `A refit keeps the temperature of the network before, which had not seen the images`() throws {
    var refitted = configuration
    refitted.optimization.refits = true
    let (before, after) = (try train(configuration), try train(refitted))
    #expect(after.calibration == before.calibration && after.calibration != nil)
    #expect(after.model.temperature == before.model.temperature)
    #expect(after.model.parameters != before.model.parameters)
  }

  @Test func `The temperature is the same bits for any threads and ranks, refitted or not, and resumed`()
    throws
  {
    for refits in [false, true] {
      var configuration = configuration
      configuration.optimization.refits = refits
      let events = try bench.train(configuration, "whole \(refits)")
      let whole = try bench.model("whole \(refits)")
      #expect(try Model(contentsOf: bench.folder("whole \(refits)").path).temperature != 1)
      for (number, stop) in [events.count / 2, events.count - 3, events.count - 2].enumerated() {
        let name = "\(refits) \(stop)"
        configuration.execution.workers = 1 + number
        try bench.train(configuration, name, StopAtEvent(stop))
        try bench.resume(name)
        #expect(try bench.model(name) == whole, "stopped at event \(stop) of \(events.count)")
      }
      for result in try RankTests.train(
        configuration, output: bench.output.path, name: "ranks \(refits)", ranks: 2)
      {
        _ = try result.get()
      }
      #expect(try bench.model("ranks \(refits)") == whole)
    }
  }

  @Test func `Several networks have a temperature together, and those of a cross-validation none`() throws {
    var several = configuration
    several.ensemble = 2
    let summary = try EnsembleRun(several, output: nil).train()
    let fit = try #require(summary.calibration)
    #expect(summary.model.temperature == fit.temperature && fit.temperature != 1)
    let outputs = try #require(summary.examination).evaluation.outputs
    #expect(fit.temperature == Temperature.fitted(to: outputs))
    var folds = configuration
    folds.$validationFraction.reset()
    folds.$calibrates.reset()
    folds.folds = 2
    let left = try EnsembleRun(folds, output: nil).train()
    #expect(left.calibration == nil && left.model.temperature == 1)
  }

  @Test func `It is left to the program where images are enough, and says why it is not`() {
    var configuration = TrainingConfiguration(data: "x")
    func choice(_ validationCount: Int) -> (Bool, String?) {
      var facts = DatasetFacts.unknown
      facts.validationCount = validationCount
      let chosen = configuration.chosen(for: facts)
      let setting = chosen.resolvedSettings.first { $0.key == "calibrate" }
      return (chosen.fitsTemperature, setting?.reason)
    }
    #expect(choice(100).0 && !choice(99).0 && !choice(0).0)
    #expect(choice(99).1 == "99 validation images tell too little")
    configuration.loss = .hinge
    #expect(!choice(1000).0)
    configuration.loss = .crossEntropy
    configuration.folds = 3
    #expect(!choice(1000).0)
  }

  @Test func `Without validation images it cannot be asked for`() throws {
    var configuration = configuration
    configuration.trainOnEverything()
    let error = #expect(throws: ConfigurationError.self) { try TrainingRun(configuration, output: nil) }
    #expect(error?.setting == "calibrate")
  }
}
