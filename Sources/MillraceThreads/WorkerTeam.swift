import Synchronization

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// Threads that carry out the same work together, again and again: the caller of ``run(_:)`` and `count - 1`
/// more.
///
/// Between runs the threads spin for some microseconds and then sleep. Call ``shutdown()`` before the team
/// goes.
///
/// - Note: `@unchecked Sendable` holds because the members are constants except `threads` and `isShutDown`,
///   which only the owner's ``shutdown()`` changes, once no run is under way; ``TeamState`` has its own
///   proof.
public final class WorkerTeam: @unchecked Sendable {
  /// How many workers there are, the caller of ``run(_:)`` included.
  public let count: Int

  private let state: TeamState
  private var threads: [WorkerThread] = []
  private var isShutDown = false

  /// Starts the threads of a team.
  ///
  /// - Parameters:
  ///   - count: How many workers, at least 1. Worker 0 is the caller of ``run(_:)``.
  ///   - name: What the threads are called; their number follows it.
  /// - Throws: ``ThreadError`` if the system refuses one; then none is left running.
  public init(count: Int, name: String = "worker") throws(ThreadError) {
    precondition(count >= 1, "a team needs at least one worker, got \(count)")
    self.count = count
    let state = TeamState(count: count)
    self.state = state
    do throws(ThreadError) {
      for worker in 1..<max(count, 1) {
        let thread = try WorkerThread(name: "\(name)-\(worker)") { state.work(as: worker) }
        threads.append(thread)
      }
    } catch {
      shutdown()
      throw error
    }
  }

  deinit {
    precondition(isShutDown, "a worker team was dropped without shutdown()")
  }

  /// Runs a closure once on every worker, at the same time, and returns when all have finished.
  ///
  /// Does not allocate, apart from what the caller's closure captures: a closure that captures one object and
  /// nothing else costs nothing. Not re-entrant, and one run at a time.
  ///
  /// - Parameter body: Is handed the worker, from 0 to `count - 1`; worker 0 runs on the calling thread. What
  ///   workers share and write is an object of a type that says why that is right: divided by worker, or ordered
  ///   by ``barrier()``. What the caller wrote before the run is visible to the body, and what the body wrote to
  ///   the caller afterwards.
  /// - Throws: The error of the lowest worker that threw one. The others go on until their next ``barrier()``
  ///   or their end.
  public func run(_ body: @escaping @Sendable (Int) throws -> Void) throws {
    precondition(!isShutDown, "a worker team was run after shutdown()")
    try state.run(body)
  }

  /// Waits, inside the body of a run, until all workers have come here.
  ///
  /// What a worker wrote before the barrier is visible to all of them after it. Every worker must meet the
  /// same barriers; one that returns while others wait is a mistake and traps.
  ///
  /// - Throws: ``Cancelled`` if a worker has thrown and will therefore never come. Let it through: the run
  ///   then throws the original error.
  @inline(__always)
  public func barrier() throws(Cancelled) {
    try state.barrier()
  }

  /// Ends and joins the threads. Between runs only; more than once is harmless.
  public func shutdown() {
    if isShutDown { return }
    isShutDown = true
    state.stop()
    for thread in threads { thread.join() }
    threads = []
  }

  /// Thrown from ``barrier()`` when another worker has thrown.
  public struct Cancelled: Error, Sendable, Equatable, CustomStringConvertible {
    /// One line.
    public var description: String { "another worker of the team failed" }
  }
}
