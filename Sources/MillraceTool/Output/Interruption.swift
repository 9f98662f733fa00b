import Foundation
import Millrace
import Synchronization

/// The signal that arrived, or 0. Only the handler and the watch below touch it.
private let receivedSignal = Atomic<Int32>(0)

/// A run was asked to stop by Ctrl-C or by the system.
struct Interruption: Error, CustomStringConvertible {
  /// SIGINT or SIGTERM.
  let signal: Int32
  /// The run's folder.
  let folder: String?

  var description: String {
    "interrupted" + (folder.map { "; what was learned is kept: millrace evaluate \($0) DATA" } ?? "")
  }
}

/// Ends a run at the next step after SIGINT or SIGTERM; the same signal again ends the process at once.
final class InterruptionWatch: TrainingObserver {
  private var folder: String?

  /// Begins to watch.
  init() {
    // Touched here, so that the handler finds it made.
    receivedSignal.store(0, ordering: .relaxed)
    var numbers = sigset_t()
    sigemptyset(&numbers)
    for number in [SIGINT, SIGTERM] {
      sigaddset(&numbers, number)
      signal(number) { number in
        receivedSignal.store(number, ordering: .relaxed)
        signal(number, SIG_DFL)
      }
    }
    // A program that starts this one from a thread of a pool hands on that thread's mask, in which they are blocked.
    pthread_sigmask(SIG_UNBLOCK, &numbers, nil)
  }

  func receive(_ event: TrainingEvent) throws {
    if case .started(let start) = event { folder = start.folder }
    // After the last step the run is as good as done, and its model is being written.
    if case .stepFinished = event {
      let number = receivedSignal.load(ordering: .relaxed)
      if number != 0 { throw Interruption(signal: number, folder: folder) }
    }
  }
}
