public import Millrace

/// Stops a run at one of its events, counted from 0.
public final class StopAtEvent: TrainingObserver {
  /// What the run is stopped with.
  public struct Stop: Error {
    /// Makes it.
    public init() {}
  }

  private var left: Int

  /// Stops at that event.
  public init(_ index: Int) { left = index }

  /// Counts.
  public func receive(_ event: TrainingEvent) throws {
    if left == 0 { throw Stop() }
    left -= 1
  }
}

/// Stops a run after the first step of an epoch, whatever else it tells of.
public final class StopInEpoch: TrainingObserver {
  private let epoch: Int

  /// Stops in that epoch, counted from 0.
  public init(_ epoch: Int) { self.epoch = epoch }

  /// Waits for it.
  public func receive(_ event: TrainingEvent) throws {
    if case .stepFinished(let report) = event, report.epoch.epoch == epoch { throw StopAtEvent.Stop() }
  }
}

/// Does something at each event of a run.
public final class AtEachEvent: TrainingObserver {
  private let body: (TrainingEvent) throws -> Void

  /// Does that.
  public init(_ body: @escaping (TrainingEvent) throws -> Void) { self.body = body }

  /// Does it.
  public func receive(_ event: TrainingEvent) throws { try body(event) }
}
