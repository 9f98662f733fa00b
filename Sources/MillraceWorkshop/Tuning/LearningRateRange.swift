import Foundation
public import MillraceModels
import MillraceNetwork
import MillracePipeline
public import MillraceTraining

/// A learning-rate range test: a training whose rate grows step by step, from far too low to far too high.
///
/// The same configuration gives the same curve, bit for bit, for any number of threads.
/// Source: L. N. Smith, "Cyclical learning rates for training neural networks", 2017, section 3.3.
public struct LearningRateRange: Sendable {
  /// The rate of the first step, above 0.
  public var lowest = 1e-6
  /// The rate of the last step, above the first.
  public var highest = 10.0
  /// The largest number of steps; the test ends earlier where the loss has grown beyond hope, or is not a
  /// number.
  public var steps = 300

  /// The defaults.
  public init() {}

  /// The learning rate of a step, counted from 0.
  public func rate(ofStep step: Int) -> Double {
    lowest * pow(highest / lowest, Double(step) / Double(max(1, steps - 1)))
  }

  /// Checks every range.
  ///
  /// - Throws: `ConfigurationError` for the first option out of range.
  public func validate() throws(ConfigurationError) {
    try require((50...1_000_000).contains(steps), "steps", "must be from 50 to 1000000, got \(steps)")
  }

  /// Measures the curve. Nothing is written.
  ///
  /// - Parameters:
  ///   - configuration: The configuration of a training run; its learning rate and schedule are ignored.
  ///   - observe: Is called after each step with the number of steps done, and also while images are read
  ///     before the first. An error that it throws ends the test.
  /// - Throws: `ConfigurationError`, `DatasetError`, or what the closure throws.
  public func run(_ configuration: TrainingConfiguration, observe: @escaping (_ steps: Int) throws -> Void)
    throws -> LearningRateCurve
  {
    try validate()
    let run = try TrainingRun(configuration, output: nil)
    let rule = run.badFileRule(lostBefore: [])
    let recorder = RunRecorder(
      [ReadingObserver { try observe(0) }], files: nil, resuming: nil, interval: .never, rule: rule,
      ranks: .alone)
    var curve = LearningRateCurve()
    try run.withParts(recorder, rule.remaining, from: nil) { parts in
      let trainer = try parts.trainer(for: parts.training)
      var empty = 0
      try parts.withMinibatches(
        of: parts.training, from: MinibatchPosition(epoch: 0), until: 1_000_000
      ) { source in
        while curve.points.count < steps, !curve.isHopeless, let minibatch = try source.next() {
          defer { source.release(minibatch) }
          for skipped in minibatch.skipped { try recorder.tell(.fileSkipped(skipped)) }
          // Every file of a minibatch may be bad, but not every file of an epoch.
          empty = minibatch.totalCount > 0 ? 0 : empty + 1
          if empty >= minibatch.stepsPerEpoch { throw TrainingError.nothingTrained(data: configuration.data) }
          guard minibatch.totalCount > 0 else { continue }
          let rate = rate(ofStep: curve.points.count)
          do {
            guard let loss = try trainer.step.run(minibatch, learningRate: rate).mean else { continue }
            curve.add(rate: rate, loss: loss)
          } catch is DivergenceError {
            break
          }
          try observe(curve.points.count)
        }
      }
    }
    return curve
  }
}

/// Asks whether to go on while images are read.
private final class ReadingObserver: TrainingObserver {
  private let ask: () throws -> Void

  init(_ ask: @escaping () throws -> Void) { self.ask = ask }

  func receive(_ event: TrainingEvent) throws {
    if case .measuring = event { try ask() }
  }
}
