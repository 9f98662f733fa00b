import Synchronization

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// Threads that carry out the same work together, again and again: the caller of ``run(_:)`` and `count - 1`
/// more.
///
/// Between calls the threads spin for some microseconds and then sleep. Call ``shutdown()`` before the team
/// is released.
///
/// - Note: `@unchecked Sendable` holds because the members are constants except `threads` and `isShutDown`,
///   which only the owner's ``shutdown()`` changes, once no call of ``run(_:)`` is under way; `TeamState`
///   has its own proof.
public final class WorkerTeam: @unchecked Sendable {
  /// The number of workers, including the caller of ``run(_:)``.
  public let count: Int

  private let state: TeamState
  private var threads: [WorkerThread] = []
  private var isShutDown = false

  /// Starts the threads of a team.
  ///
  /// - Parameters:
  ///   - count: The number of workers, at least 1. Worker 0 is the caller of ``run(_:)``.
  ///   - name: The name of the threads, to which their numbers are added.
  /// - Throws: ``ThreadError`` if the system refuses to start one of them; then all others have been ended.
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

  /// Calls a closure once on every worker, at the same time, and returns when all have finished.
  ///
  /// The call allocates nothing except what the caller's closure captures: a closure that captures one object
  /// and nothing else costs nothing. It is not re-entrant, and only one call may be under way.
  ///
  /// - Parameter body: Gets the worker's number, from 0 to `count - 1`; worker 0 is the calling thread. Data
  ///   that workers share and write belong to an object of a type that says why this is right: each worker
  ///   has its own part, or ``barrier()`` orders the accesses. The body sees what the caller wrote before the
  ///   call, and the caller sees afterwards what the body wrote.
  /// - Throws: The error of the lowest worker that threw one. The others go on until their next ``barrier()``
  ///   or their end.
  public func run(_ body: @escaping @Sendable (Int) throws -> Void) throws {
    precondition(!isShutDown, "a worker team was run after shutdown()")
    try state.run(body)
  }

  /// Waits, inside the body of ``run(_:)``, until all workers have come here.
  ///
  /// What a worker wrote before the barrier is visible to all workers after it. Every worker must reach the
  /// same barriers; one that returns while others wait is a programmer's mistake, and traps.
  ///
  /// - Throws: ``Cancelled`` if a worker has thrown and will therefore never come. Let this error through:
  ///   ``run(_:)`` then throws the original one.
  @inline(__always)
  public func barrier() throws(Cancelled) {
    try state.barrier()
  }

  /// Ends and joins the threads. It may be called between calls of ``run(_:)`` only, and more than once.
  public func shutdown() {
    if isShutDown { return }
    isShutDown = true
    state.stop()
    for thread in threads { thread.join() }
    threads = []
  }

  /// Thrown from ``barrier()`` when another worker has thrown.
  public struct Cancelled: Error, Sendable, Equatable, CustomStringConvertible {
    /// The error in one line.
    public var description: String { "another worker of the team failed" }
  }
}
