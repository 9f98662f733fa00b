import Synchronization

/// Where threads wait for a change of some atomics: they spin for a moment, then block.
///
/// The side that changes the atomics calls ``notifyAll()`` afterwards; while nobody is blocked, this costs
/// one load.
///
/// No wake-up is lost: a waiter first counts itself as a sleeper and then checks its condition; a notifier
/// first makes the condition true and then reads the number of sleepers. All four accesses are sequentially
/// consistent, so at least one of the two sees the other. And the notifier takes the mutex before it
/// broadcasts, so the waiter is either before its check or already in `pthread_cond_wait`.
final class WaitPoint: Sendable {
  /// The longest spin before a block, in nanoseconds: less than the cost of waking an idle core.
  private static let longestSpin: UInt64 = 50_000
  /// The spin of a waiter that has no reason to hope, in nanoseconds.
  private static let shortestSpin: UInt64 = 2_000
  /// After this many blocks one waiter tries the longest spin again.
  private static let blocksPerTrial = 32

  /// The present spin: it doubles after a spin that paid, and halves after one that did not. While another
  /// process has the cores, nothing that a waiter waits for can happen during its spin, so it soon stops
  /// trying.
  private let spinTime = Atomic<UInt64>(WaitPoint.longestSpin)
  private let blocks = Atomic<Int>(0)
  private let sleepers = Atomic<Int>(0)
  private let monitor = Monitor<Void>(())

  /// Waits until a condition holds.
  ///
  /// - Parameters:
  ///   - spins: Whether to spin first. A waiter should not spin where there are more waiting threads than
  ///     cores: it would keep the thread that it waits for off its core.
  ///   - condition: Reads atomics, sequentially consistent.
  @inline(__always)
  func wait(spins: Bool, until condition: () -> Bool) {
    if condition() { return }
    if spins, spin(until: condition) { return }
    block(until: condition)
  }

  /// Wakes every thread whose condition may now hold.
  @inline(__always)
  func notifyAll() {
    if sleepers.load(ordering: .sequentiallyConsistent) > 0 { wakeSleepers() }
  }

  // These are three functions with names, so that a profile tells spinning, sleeping and waking apart.

  @inline(never)
  private func spin(until condition: () -> Bool) -> Bool {
    let isTrial = blocks.load(ordering: .relaxed) % Self.blocksPerTrial == Self.blocksPerTrial - 1
    let limit = isTrial ? Self.longestSpin : spinTime.load(ordering: .relaxed)
    let deadline = MonotonicClock.now() &+ limit
    // Reading the clock takes some tens of nanoseconds, which is a good pause between two looks at a shared
    // cache line.
    while MonotonicClock.now() < deadline {
      if condition() {
        spinTime.store(min(2 * limit, Self.longestSpin), ordering: .relaxed)
        return true
      }
    }
    spinTime.store(max(spinTime.load(ordering: .relaxed) / 2, Self.shortestSpin), ordering: .relaxed)
    return false
  }

  @inline(never)
  private func block(until condition: () -> Bool) {
    blocks.add(1, ordering: .relaxed)
    sleepers.add(1, ordering: .sequentiallyConsistent)
    monitor.wait(on: 0) { _ in condition() ? () : nil }
    sleepers.subtract(1, ordering: .sequentiallyConsistent)
  }

  @inline(never)
  private func wakeSleepers() {
    monitor.withLock { _ in monitor.notifyAll(0) }
  }
}
