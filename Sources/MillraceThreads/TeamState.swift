import Synchronization

/// What the workers of a team share.
///
/// - Note: `@unchecked Sendable` holds because everything mutable is an atomic or one of two things: `body`
///   is written by worker 0 before it advances `runs` and after it has seen `unfinished` at zero, and read by
///   the others in between; an element of `errors` is written by its worker before it subtracts itself from
///   `unfinished`, and read by worker 0 after it has seen zero. Every such pair of accesses is ordered by the
///   atomic's release and acquire.
final class TeamState: @unchecked Sendable {
  private let count: Int
  /// A team that does not fit the cores never spins.
  private let spins: Bool
  private var body: (@Sendable (Int) throws -> Void)?
  private let errors: UnsafeMutableBufferPointer<(any Error)?>

  private let isRunning = Atomic<Bool>(false)
  private let isStopped = Atomic<Bool>(false)
  /// How many runs have been started.
  private let runs = Atomic<Int>(0)
  /// How many workers have not finished the current run.
  private let unfinished = Atomic<Int>(0)
  /// How many workers have left the body of the current run.
  private let returned = Atomic<Int>(0)
  /// How many workers have come to the current barrier, and how many barriers have been completed.
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
    precondition(!wasRunning, "a worker team was run from inside a run, or by two threads at once")
    defer { isRunning.store(false, ordering: .releasing) }

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

    if isCancelled.load(ordering: .sequentiallyConsistent) { try throwFirstError() }
  }

  func stop() {
    precondition(!isRunning.load(ordering: .acquiring), "a worker team was shut down during a run")
    isStopped.store(true, ordering: .sequentiallyConsistent)
    start.notifyAll()
  }

  /// Throws the error of the lowest worker. Workers that were only cancelled are not to blame.
  private func throwFirstError() throws {
    let error = errors.first { $0 != nil && !($0 is WorkerTeam.Cancelled) } ?? nil
    let cancelled = errors.first { $0 != nil } ?? nil
    for worker in errors.indices { errors[worker] = nil }
    if let error = error ?? cancelled { throw error }
  }

  // MARK: The other workers

  /// The life of a worker's thread: wait for a run, carry it out, and again.
  func work(as worker: Int) {
    var seen = 0
    while waitForRun(after: seen) {
      seen += 1
      guard let body else { preconditionFailure("a worker was woken without a body to run") }
      carryOut(body, as: worker)
    }
  }

  /// Only waits; a profile that shows this function shows idle workers.
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
    // All barriers that this worker met are completed, so whoever has arrived waits at one it never met.
    checkNobodyIsLeftWaiting(arrived.load(ordering: .sequentiallyConsistent) > 0)
    // The last access to the state of this run: from here on worker 0 may start the next one.
    let left = unfinished.subtract(1, ordering: .sequentiallyConsistent).newValue
    if left == 0 { end.notifyAll() }
  }

  func barrier() throws(WorkerTeam.Cancelled) {
    if count == 1 { return }
    // Only when all have come does the number of completed barriers change, so it is read before arriving.
    let completed = barriers.load(ordering: .sequentiallyConsistent)
    if isCancelled.load(ordering: .sequentiallyConsistent) { throw WorkerTeam.Cancelled() }
    if arrived.add(1, ordering: .sequentiallyConsistent).newValue == count {
      arrived.store(0, ordering: .sequentiallyConsistent)
      barriers.add(1, ordering: .sequentiallyConsistent)
      middle.notifyAll()
      return
    }
    // Looked at in this order: a worker that met this barrier can only have returned after it was completed.
    let someoneReturned = returned.load(ordering: .sequentiallyConsistent) > 0
    checkNobodyIsLeftWaiting(
      someoneReturned && barriers.load(ordering: .sequentiallyConsistent) == completed)
    waitAtBarrier(after: completed)
    // A barrier that all reached was completed, whatever has happened since: so each worker gets as far as it
    // would have without the error of another, and the error that a run throws does not depend on timing.
    if barriers.load(ordering: .sequentiallyConsistent) == completed { throw WorkerTeam.Cancelled() }
  }

  /// Only waits; a profile that shows this function shows workers of unequal load.
  @inline(never)
  private func waitAtBarrier(after completed: Int) {
    middle.wait(spins: spins) {
      barriers.load(ordering: .sequentiallyConsistent) != completed
        || isCancelled.load(ordering: .sequentiallyConsistent)
    }
  }

  /// Traps if a worker has returned while others wait at a barrier that it should have met.
  ///
  /// One side counts itself as returned and then looks who has arrived, the other the other way round, so at
  /// least one of them notices. After an error it is no mistake.
  private func checkNobodyIsLeftWaiting(_ someoneIs: Bool) {
    precondition(
      !someoneIs || isCancelled.load(ordering: .sequentiallyConsistent),
      "a worker returned from a run while others of its team waited at a barrier")
  }
}
