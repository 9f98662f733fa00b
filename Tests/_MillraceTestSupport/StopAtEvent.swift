public import MillraceTraining

/// Stops a run at one of its events, counted from 0.
public final class StopAtEvent: TrainingObserver {
  /// The error that stops the run.
  public struct Stop: Error {
    /// Makes the error.
    public init() {}
  }

  private var left: Int

  /// Stops at this event.
  public init(_ index: Int) { left = index }

  /// Counts the event.
  public func receive(_ event: TrainingEvent) throws {
    if left == 0 { throw Stop() }
    left -= 1
  }
}

/// Stops a run after the first step of an epoch, whatever its other events are.
public final class StopInEpoch: TrainingObserver {
  private let epoch: Int

  /// Stops in this epoch, counted from 0.
  public init(_ epoch: Int) { self.epoch = epoch }

  /// Waits for the epoch's first step.
  public func receive(_ event: TrainingEvent) throws {
    if case .stepFinished(let report) = event, report.epoch.epoch == epoch { throw StopAtEvent.Stop() }
  }
}

/// Does something at each event of a run.
public final class AtEachEvent: TrainingObserver {
  private let body: (TrainingEvent) throws -> Void

  /// Takes what to do.
  public init(_ body: @escaping (TrainingEvent) throws -> Void) { self.body = body }

  /// Carries it out.
  public func receive(_ event: TrainingEvent) throws { try body(event) }
}
