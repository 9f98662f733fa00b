import Foundation
import Millrace
import Synchronization

/// The signal that arrived, or 0. Only the handler and the watch below touch it.
private let receivedSignal = Atomic<Int32>(0)

/// A run was asked to stop by Ctrl-C or by the system.
struct Interruption: Error, CustomStringConvertible {
  /// SIGINT or SIGTERM.
  let signal: Int32
  /// The folder of the run, if it was saved.
  var folder: String?

  var description: String {
    folder.map { "interrupted; everything is saved, go on with: millrace train --resume \(shellQuoted($0))" }
      ?? "interrupted before there was anything to save"
  }
}

/// Ends a run at the next step after SIGINT or SIGTERM; a second signal ends the process at once.
final class InterruptionWatch: TrainingObserver {
  private static let signals = [SIGINT, SIGTERM]

  /// Begins to watch.
  init() {
    // Touched here, so that the handler finds it made.
    receivedSignal.store(0, ordering: .relaxed)
    var numbers = sigset_t()
    sigemptyset(&numbers)
    for number in Self.signals {
      sigaddset(&numbers, number)
      signal(number) { number in
        receivedSignal.store(number, ordering: .relaxed)
        signal(SIGINT, SIG_DFL)
        signal(SIGTERM, SIG_DFL)
      }
    }
    // A program that starts this one from a thread of a pool hands on that thread's mask, in which they are blocked.
    pthread_sigmask(SIG_UNBLOCK, &numbers, nil)
  }

  func receive(_ event: TrainingEvent) throws {
    switch event {
    case .measuring, .started, .stepFinished, .validating:
      let number = receivedSignal.load(ordering: .relaxed)
      if number != 0 { throw Interruption(signal: number) }
    // After the last step the run is as good as done, and its model is being written.
    case .notice, .fileSkipped, .epochFinished, .checkpointSaved, .finished: break
    }
  }
}
