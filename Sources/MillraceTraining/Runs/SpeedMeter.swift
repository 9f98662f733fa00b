import MillraceThreads

/// Measures how many steps a training takes in a second, and stops it after enough of them.
package final class SpeedMeter: TrainingObserver {
  /// The error that stops the training.
  struct Stop: Error {}

  private let seconds: Double
  private let tell: (TrainingEvent) throws -> Void
  private var steps = 0
  private var began: UInt64?
  /// Where the measurement begins: after the first epoch, in which images are read, or else after the first
  /// steps.
  private var start: (steps: Int, at: UInt64)?
  /// The result; nil as long as too few steps were measured.
  package private(set) var stepsPerSecond: Double?

  private static let firstSteps = 3

  /// Measures the beginning of a run.
  ///
  /// - Returns: Its steps a second.
  /// - Throws: What a training or the closure throws; ``TrainingError/nothingTrained(data:)`` where too few
  ///   steps were measured.
  package static func stepsPerSecond(
    of run: TrainingRun, measuring seconds: Double, _ tell: (TrainingEvent) throws -> Void
  ) throws -> Double {
    try withoutActuallyEscaping(tell) { tell in
      let meter = SpeedMeter(seconds: seconds, tell)
      do { try run.train(observers: [meter]) } catch is Stop {}
      guard let speed = meter.stepsPerSecond else {
        throw TrainingError.nothingTrained(data: run.configuration.data)
      }
      return speed
    }
  }

  /// - Parameters:
  ///   - seconds: The least time of the measurement; where epochs are longer, at most twice as long.
  ///   - tell: Gets every event.
  init(seconds: Double, _ tell: @escaping (TrainingEvent) throws -> Void) {
    self.seconds = seconds
    self.tell = tell
  }

  package func receive(_ event: TrainingEvent) throws {
    try tell(event)
    let now = MonotonicClock.now()
    switch event {
    case .stepFinished:
      steps += 1
      if began == nil { began = now }
      if steps == Self.firstSteps { start = (steps, now) }
      try measure(until: now, for: 2 * seconds)
    case .epochFinished(let report):
      // Whole epochs include the time of their validations.
      if report.epoch > 0 { try measure(until: now, for: seconds) } else { start = (steps, now) }
    case .started, .measuring, .notice, .samplesDrawn, .validating, .decodedWithWarnings, .fileSkipped,
      .epochExamined, .checkpointSaved, .finished:
      break
    }
  }

  private func measure(until now: UInt64, for limit: Double) throws {
    guard let start, let began, steps > start.steps, now > start.at else { return }
    stepsPerSecond = Double(steps - start.steps) / (Double(now - start.at) * 1e-9)
    if Double(now - began) * 1e-9 >= limit { throw Stop() }
  }
}
