#if canImport(Glibc)
package import Glibc
#else
package import Darwin
#endif

/// A state that threads share: a mutex guards it, and condition variables announce its changes.
///
/// A thread that changes the state so that a waiter may go on notifies that waiter's condition. Conditions
/// are numbered from 0; name them with an enum of the owner.
///
/// - Note: `@unchecked Sendable` holds because `state` is only ever touched between `pthread_mutex_lock` and
///   `pthread_mutex_unlock` of `mutex` (``withLock(_:)``; the attempts of ``wait(on:_:)``, which a condition
///   variable re-enters with the mutex held), because the initial state is `sending`, so nobody else has it,
///   and because everything else is a constant.
package final class Monitor<State>: @unchecked Sendable {
  @usableFromInline let state: UnsafeMutablePointer<State>
  // These are allocated, since a mutex and a condition variable must never move.
  @usableFromInline let mutex: UnsafeMutablePointer<pthread_mutex_t>
  @usableFromInline let conditions: UnsafeMutableBufferPointer<pthread_cond_t>

  /// Guards a state.
  ///
  /// - Parameters:
  ///   - state: Its first value.
  ///   - conditions: How many condition variables there are; at least 1.
  package init(_ state: sending State, conditions count: Int = 1) {
    precondition(count >= 1, "a monitor needs at least one condition, got \(count)")
    self.state = .allocate(capacity: 1)
    self.state.initialize(to: state)
    mutex = .allocate(capacity: 1)
    mutex.initialize(to: pthread_mutex_t())
    pthread_mutex_init(mutex, nil)
    conditions = .allocate(capacity: count)
    conditions.initialize(repeating: pthread_cond_t())
    for condition in conditions.indices { pthread_cond_init(address(of: condition), nil) }
  }

  deinit {
    for condition in conditions.indices { pthread_cond_destroy(address(of: condition)) }
    conditions.deallocate()
    pthread_mutex_destroy(mutex)
    mutex.deallocate()
    state.deinitialize(count: 1)
    state.deallocate()
  }

  /// Calls a closure with the state, while no other thread has it.
  ///
  /// Neither the state nor a reference into it may escape. The call is not re-entrant.
  @inlinable
  package func withLock<Result>(_ body: (inout State) throws -> Result) rethrows -> Result {
    pthread_mutex_lock(mutex)
    defer { pthread_mutex_unlock(mutex) }
    return try body(&state.pointee)
  }

  /// Tries, and whenever the attempt gives nil, blocks until the condition is notified and tries again.
  ///
  /// - Parameters:
  ///   - condition: The condition whose notification may make the attempt succeed.
  ///   - attempt: Changes the state and gives a result, or leaves the state alone and gives nil.
  @inlinable
  package func wait<Result>(on condition: Int, _ attempt: (inout State) throws -> Result?) rethrows -> Result
  {
    pthread_mutex_lock(mutex)
    defer { pthread_mutex_unlock(mutex) }
    while true {
      if let result = try attempt(&state.pointee) { return result }
      pthread_cond_wait(address(of: condition), mutex)
    }
  }

  /// Wakes one thread that waits on a condition. The lock may be held or not.
  @inlinable
  package func notifyOne(_ condition: Int) {
    pthread_cond_signal(address(of: condition))
  }

  /// Wakes all threads that wait on a condition. The lock may be held or not.
  @inlinable
  package func notifyAll(_ condition: Int) {
    pthread_cond_broadcast(address(of: condition))
  }

  @inlinable
  func address(of condition: Int) -> UnsafeMutablePointer<pthread_cond_t> {
    precondition(conditions.indices.contains(condition), "this monitor has no condition \(condition)")
    // There is at least one condition, so there is a base address.
    return conditions.baseAddress! + condition
  }
}
