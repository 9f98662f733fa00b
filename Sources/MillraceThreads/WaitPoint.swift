import Synchronization

/// Where threads wait for a change of some atomics: they spin for a moment, then block.
///
/// The side that changes the atomics calls ``notifyAll()`` afterwards; while nobody is blocked that costs one load.
///
/// No wake-up is lost: a waiter first counts itself as a sleeper and then checks its condition; a notifier first
/// makes the condition true and then reads the number of sleepers. All four are sequentially consistent, so at
/// least one of the two sees the other; and the notifier takes the mutex before it broadcasts, so the waiter is
/// either before its check or already in `pthread_cond_wait`.
final class WaitPoint: Sendable {
  /// How long a waiter spins before it blocks, in nanoseconds: less than what waking an idle core costs.
  static let spinTime: UInt64 = 50_000

  private let sleepers = Atomic<Int>(0)
  private let monitor = Monitor<Void>(())

  /// Waits until a condition holds.
  ///
  /// - Parameters:
  ///   - spins: Whether to spin first. Not when more threads than cores would wait: a spinner would keep the
  ///     thread it waits for off its core.
  ///   - condition: Reads atomics, sequentially consistent.
  @inline(__always)
  func wait(spins: Bool, until condition: () -> Bool) {
    if condition() { return }
    if spins, spin(until: condition) { return }
    block(until: condition)
  }

  /// Wakes everyone whose condition may now hold.
  @inline(__always)
  func notifyAll() {
    if sleepers.load(ordering: .sequentiallyConsistent) > 0 { wakeSleepers() }
  }

  // Three functions with names, so that a profile tells spinning, sleeping and waking apart.

  @inline(never)
  private func spin(until condition: () -> Bool) -> Bool {
    let deadline = MonotonicClock.now() &+ Self.spinTime
    // Reading the clock takes some tens of nanoseconds, a good pause between two looks at a shared cache line.
    while MonotonicClock.now() < deadline {
      if condition() { return true }
    }
    return false
  }

  @inline(never)
  private func block(until condition: () -> Bool) {
    sleepers.add(1, ordering: .sequentiallyConsistent)
    monitor.wait(on: 0) { _ in condition() ? () : nil }
    sleepers.subtract(1, ordering: .sequentiallyConsistent)
  }

  @inline(never)
  private func wakeSleepers() {
    monitor.withLock { _ in monitor.notifyAll(0) }
  }
}
