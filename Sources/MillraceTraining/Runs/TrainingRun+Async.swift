import Foundation
import Synchronization

extension TrainingRun {
  /// Trains on a thread of its own.
  ///
  /// Cancelling the task is an interruption: the run ends at the next step, what was learned is saved, and
  /// ``init(resuming:changing:ranks:)`` goes on. Nothing else may use the run until this returns.
  ///
  /// - Parameter observe: Is told of everything that happens, in order, on the thread that trains.
  /// - Throws: `CancellationError` where the task was cancelled, once all is saved; or what ``train(observers:)`` throws.
  @discardableResult
  public func train(observing observe: @escaping @Sendable (TrainingEvent) -> Void) async throws
    -> TrainingSummary
  {
    let watch = CancellationWatch(observe)
    let run = HandedOver(run: self)
    return try await withTaskCancellationHandler {
      try await withCheckedThrowingContinuation { continuation in
        Thread.detachNewThread {
          continuation.resume(with: Result { try run.run.train(observers: [watch]) })
        }
      }
    } onCancel: {
      watch.cancel()
    }
  }

  /// What happens in the run, which trains on a thread of its own from the first event that is asked for.
  ///
  /// The last event is ``TrainingEvent/finished(_:)``. Who stops to listen, by leaving the loop or because the task is
  /// cancelled, interrupts the run as a cancelled ``train(observing:)`` does; it may still be saving then. Events that nobody
  /// has asked for yet are kept.
  public var events: AsyncThrowingStream<TrainingEvent, any Error> {
    AsyncThrowingStream { continuation in
      let watch = CancellationWatch { continuation.yield($0) }
      let run = HandedOver(run: self)
      continuation.onTermination = { _ in watch.cancel() }
      Thread.detachNewThread {
        do {
          try run.run.train(observers: [watch])
          continuation.finish()
        } catch {
          continuation.finish(throwing: error)
        }
      }
    }
  }
}

/// A run that is in the hands of one thread.
///
/// - Note: `@unchecked Sendable` holds because the caller hands the run over and waits: by contract nothing else uses it until
///   that thread has ended.
private struct HandedOver: @unchecked Sendable {
  let run: TrainingRun
}

/// Tells what happens, and ends the run once it is cancelled.
private final class CancellationWatch: TrainingObserver, Sendable {
  private let isCancelled = Atomic(false)
  private let observe: @Sendable (TrainingEvent) -> Void

  init(_ observe: @escaping @Sendable (TrainingEvent) -> Void) { self.observe = observe }

  func cancel() { isCancelled.store(true, ordering: .relaxed) }

  func receive(_ event: TrainingEvent) throws {
    observe(event)
    switch event {
    case .measuring, .started, .stepFinished, .validating:
      if isCancelled.load(ordering: .relaxed) { throw CancellationError() }
    // After the last step the run is as good as done, and its model is being written.
    case .notice, .samplesDrawn, .decodedWithWarnings, .fileSkipped, .epochExamined, .epochFinished,
      .checkpointSaved, .finished:
      break
    }
  }
}
