import Foundation
import MillraceThreads
import MillraceTraining
import MillraceWorkshop
import Synchronization

/// The signal that arrived first, or 0, and when. Only the handler and the watch below touch them.
private let receivedSignal = Atomic<Int32>(0)
private let receivedAt = Atomic<UInt64>(0)
/// Nanoseconds in which a signal that comes again is the same: `timeout` and others send it to a process and to its
/// group, and nobody presses Ctrl-C twice in so short a time.
private let echoTime: UInt64 = 100_000_000

/// A run was asked to stop by Ctrl-C or by the system.
struct Interruption: Error, CustomStringConvertible {
  /// SIGINT or SIGTERM.
  let signal: Int32
  /// The command that goes on, if what was learned is saved.
  var saved: String?

  var description: String {
    saved.map { "interrupted; everything is saved, go on with: \($0)" }
      ?? "interrupted before there was anything to save"
  }
}

/// Ends a run at the next step, or minibatch of a validation, after SIGINT or SIGTERM; a second signal ends the process
/// at once.
final class InterruptionWatch: TrainingObserver, TuningObserver {
  private static let signals = [SIGINT, SIGTERM]

  private let ranks: Ranks

  /// The signal that has come; 0 for none.
  static var received: Int32 { receivedSignal.load(ordering: .relaxed) }

  /// Begins to watch.
  ///
  /// - Parameter ranks: The processes that train together: whichever of them gets a signal, all end at the same step.
  init(_ ranks: Ranks = RankSession.alone) {
    self.ranks = ranks
    // Touched here, so that the handler finds it made.
    receivedSignal.store(0, ordering: .relaxed)
    receivedAt.store(0, ordering: .relaxed)
    var numbers = sigset_t()
    sigemptyset(&numbers)
    for number in Self.signals {
      sigaddset(&numbers, number)
      signal(number) { number in
        let now = MonotonicClock.now()
        if receivedSignal.load(ordering: .relaxed) == 0 {
          receivedAt.store(now, ordering: .relaxed)
          receivedSignal.store(number, ordering: .relaxed)
        } else if now &- receivedAt.load(ordering: .relaxed) > echoTime {
          signal(number, SIG_DFL)
          raise(number)
        }
      }
    }
    // A program that starts this one from a thread of a pool hands on that thread's mask, in which they are blocked.
    pthread_sigmask(SIG_UNBLOCK, &numbers, nil)
  }

  /// Throws an ``Interruption`` once a signal has come.
  func throwIfInterrupted() throws {
    let number = ranks.agreedSignal
    guard number != 0 else { return }
    ranks.endTogether()
    throw Interruption(signal: number)
  }

  /// The same where one rank by itself is at work.
  func throwIfInterruptedHere() throws {
    if Self.received != 0 { throw Interruption(signal: Self.received) }
  }

  func receive(_ event: TuningEvent) throws {
    switch event {
    case .measuring(let event), .training(_, let event): try receive(event)
    case .started, .jobStarted, .judged, .finished: break
    }
  }

  func receive(_ event: TrainingEvent) throws {
    switch event {
    case .measuring:
      // Rank 0 measures alone, and the others learn how it went.
      try throwIfInterruptedHere()
    case .started, .stepFinished, .validating: try throwIfInterrupted()
    // After the last step the run is as good as done, and its model is being written.
    case .notice, .samplesDrawn, .decodedWithWarnings, .fileSkipped, .epochExamined, .epochFinished,
      .checkpointSaved, .finished:
      break
    }
  }
}
