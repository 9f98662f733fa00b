import Synchronization

/// What the workers of a team share.
///
/// - Note: `@unchecked Sendable` holds because everything mutable is an atomic or one of two things. Worker 0
///   writes `body` before it advances `runs` and after it has seen `unfinished` at zero, and the others read
///   it in between. Each worker writes its element of `errors` before it subtracts itself from `unfinished`,
///   and worker 0 reads it after it has seen zero. The atomic's release and acquire order every such pair of
///   accesses.
final class TeamState: @unchecked Sendable {
  private let count: Int
  /// Whether waiting threads spin. A team with more workers than cores never spins.
  private let spins: Bool
  private var body: (@Sendable (Int) throws -> Void)?
  private let errors: UnsafeMutableBufferPointer<(any Error)?>

  private let isRunning = Atomic<Bool>(false)
  private let isStopped = Atomic<Bool>(false)
  /// How many calls of ``WorkerTeam/run(_:)`` have begun.
  private let runs = Atomic<Int>(0)
  /// How many workers have not finished the current call.
  private let unfinished = Atomic<Int>(0)
  /// How many workers have left the body of the current call.
  private let returned = Atomic<Int>(0)
  /// How many workers have reached the current barrier, and how many barriers have been completed.
  private let arrived = Atomic<Int>(0)
  private let barriers = Atomic<Int>(0)
  private let isCancelled = Atomic<Bool>(false)

  private let start = WaitPoint()
  private let middle = WaitPoint()
  private let end = WaitPoint()

  init(count: Int) {
    self.count = count
    spins = count <= processorCount
    errors = .allocate(capacity: count)
    errors.initialize(repeating: nil)
  }

  deinit {
    errors.deinitialize()
    errors.deallocate()
  }

  // MARK: Worker 0

  func run(_ body: @escaping @Sendable (Int) throws -> Void) throws {
    let wasRunning = isRunning.exchange(true, ordering: .acquiring)
    precondition(
      !wasRunning, "run(_:) of a worker team was called from inside its body, or by two threads at once")
    defer { isRunning.store(false, ordering: .releasing) }

    assert(
      unfinished.load(ordering: .sequentiallyConsistent) == 0 && errors.allSatisfy { $0 == nil },
      "a call of run(_:) begins before the one before it has ended")
    self.body = body
    isCancelled.store(false, ordering: .sequentiallyConsistent)
    arrived.store(0, ordering: .sequentiallyConsistent)
    returned.store(0, ordering: .sequentiallyConsistent)
    unfinished.store(count, ordering: .sequentiallyConsistent)
    if count > 1 {
      runs.add(1, ordering: .sequentiallyConsistent)
      start.notifyAll()
    }
    carryOut(body, as: 0)
    end.wait(spins: spins) { unfinished.load(ordering: .sequentiallyConsistent) == 0 }
    self.body = nil
    assert(
      returned.load(ordering: .sequentiallyConsistent) == count
        && (isCancelled.load(ordering: .sequentiallyConsistent)
          || arrived.load(ordering: .sequentiallyConsistent) == 0),
      "a call of run(_:) ends with workers under way")

    if isCancelled.load(ordering: .sequentiallyConsistent) { try throwFirstError() }
  }

  func stop() {
    precondition(
      !isRunning.load(ordering: .acquiring), "a worker team was shut down during a call of run(_:)")
    isStopped.store(true, ordering: .sequentiallyConsistent)
    start.notifyAll()
  }

  /// Throws the error of the lowest worker that failed by itself; workers that were only cancelled are passed
  /// over.
  private func throwFirstError() throws {
    let error = errors.first { $0 != nil && !($0 is WorkerTeam.Cancelled) } ?? nil
    let cancelled = errors.first { $0 != nil } ?? nil
    for worker in errors.indices { errors[worker] = nil }
    if let error = error ?? cancelled { throw error }
  }

  // MARK: The other workers

  /// The life of a worker's thread: it waits for a call, carries the body out, and waits again.
  func work(as worker: Int) {
    var seen = 0
    while waitForRun(after: seen) {
      seen += 1
      guard let body else { preconditionFailure("a worker was woken without a body to run") }
      carryOut(body, as: worker)
    }
  }

  /// Only waits: a profile that shows this function shows idle workers.
  @inline(never)
  private func waitForRun(after seen: Int) -> Bool {
    start.wait(spins: spins) {
      runs.load(ordering: .sequentiallyConsistent) != seen
        || isStopped.load(ordering: .sequentiallyConsistent)
    }
    return runs.load(ordering: .sequentiallyConsistent) != seen
  }

  // MARK: All workers

  @inline(never)
  private func carryOut(_ body: (Int) throws -> Void, as worker: Int) {
    do {
      try body(worker)
    } catch {
      errors[worker] = error
      isCancelled.store(true, ordering: .sequentiallyConsistent)
      middle.notifyAll()
    }
    returned.add(1, ordering: .sequentiallyConsistent)
    // All barriers that this worker reached are completed, so a worker that has arrived waits at one that
    // this worker never reached.
    checkNobodyIsLeftWaiting(arrived.load(ordering: .sequentiallyConsistent) > 0)
    // This is the last access to the state of the current call: from here on worker 0 may begin the next one.
    let left = unfinished.subtract(1, ordering: .sequentiallyConsistent).newValue
    if left == 0 { end.notifyAll() }
  }

  func barrier() throws(WorkerTeam.Cancelled) {
    if count == 1 { return }
    // The number of completed barriers changes only when all have arrived, so it is read before this worker
    // arrives.
    let completed = barriers.load(ordering: .sequentiallyConsistent)
    if isCancelled.load(ordering: .sequentiallyConsistent) { throw WorkerTeam.Cancelled() }
    if arrived.add(1, ordering: .sequentiallyConsistent).newValue == count {
      arrived.store(0, ordering: .sequentiallyConsistent)
      barriers.add(1, ordering: .sequentiallyConsistent)
      middle.notifyAll()
      return
    }
    // The order of these reads matters: a worker that reached this barrier can only have returned after it
    // was completed.
    let someoneReturned = returned.load(ordering: .sequentiallyConsistent) > 0
    checkNobodyIsLeftWaiting(
      someoneReturned && barriers.load(ordering: .sequentiallyConsistent) == completed)
    waitAtBarrier(after: completed)
    // A barrier that all workers reached counts as completed, whatever has happened since. So each worker
    // gets as far as it would without the error of another, and the error that is thrown does not depend on
    // timing.
    if barriers.load(ordering: .sequentiallyConsistent) == completed { throw WorkerTeam.Cancelled() }
  }

  /// Only waits: a profile that shows this function shows workers of unequal load.
  @inline(never)
  private func waitAtBarrier(after completed: Int) {
    middle.wait(spins: spins) {
      barriers.load(ordering: .sequentiallyConsistent) != completed
        || isCancelled.load(ordering: .sequentiallyConsistent)
    }
  }

  /// Traps if a worker has returned while others wait at a barrier that it should have reached.
  ///
  /// One side counts itself as returned and then looks for workers that have arrived; the other side counts
  /// itself as arrived and then looks for workers that have returned. So at least one of them notices. After
  /// an error this is no mistake.
  private func checkNobodyIsLeftWaiting(_ someoneIs: Bool) {
    precondition(
      !someoneIs || isCancelled.load(ordering: .sequentiallyConsistent),
      "a worker returned while others of its team waited at a barrier")
  }
}
