import Synchronization

/// How many events something still waits for.
final class Countdown: Sendable {
  private let events: Int
  private let left = Atomic<Int>(0)

  init(events: Int) { self.events = events }

  /// Waits for all of them again.
  func begin() { left.store(events, ordering: .relaxed) }

  /// One has come: whether it was the last.
  func isLast() -> Bool { left.subtract(1, ordering: .acquiringAndReleasing).newValue == 0 }
}
