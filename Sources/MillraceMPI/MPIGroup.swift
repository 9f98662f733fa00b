#if MPI
import MillraceShards
import CMPI
import MillraceThreads
import Synchronization

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// The processes that an MPI launcher, such as `mpirun`, has started.
///
/// One thread at a time calls MPI (`MPI_THREAD_SERIALIZED`). A call never blocks: a thread that waits calls
/// again and again, so the cores are left to others. `Heartbeat` ends the process when a rank is gone.
///
/// A call that fails ends all ranks, too, instead of throwing: transfers under way read and write memory that
/// a thrown error would release on its way up.
///
/// - Note: `@unchecked Sendable` holds because everything mutable is an atomic or is guarded by the monitor.
package final class MPIGroup: ProcessGroup, @unchecked Sendable {
  /// See `ProcessGroup`.
  package let rank: Int
  /// See `ProcessGroup`.
  package let count: Int
  /// See `ProcessGroup`.
  package private(set) var hosts: [String] = []

  /// The transfers under way.
  struct Transfers {
    var sends: [MPI_Request?] = []
    /// The receives, by tag.
    var receives: [[MPI_Request?]] = []
    var gathers: [Gather] = []

    var isEmpty: Bool { sends.isEmpty && gathers.isEmpty && receives.allSatisfy(\.isEmpty) }
  }

  /// A gather under way. MPI reads its counts until it is done.
  struct Gather {
    var request: MPI_Request?
    let counts: UnsafeMutablePointer<Int32>
  }

  private let transfers = Monitor(Transfers())
  /// Whether the heartbeat wants its turn. A mutex goes to the thread that runs first, and a thread that
  /// waits for other ranks calls again and again: a heartbeat that could not get its turn would make other
  /// ranks take this one for gone.
  private let heartbeatWaits = Atomic<Bool>(false)
  private let waitedTime = Atomic<UInt64>(0)
  /// When the transfers under way last made progress between two computations.
  private let advancedAt = Atomic<UInt64>(0)
  private var heartbeat: Heartbeat?

  /// Settings for Open MPI over TCP, unless the launcher gives others.
  private static let settingsOfTCP = [
    // Open MPI answers an offer to send over the connection in which its own data wait: with one connection
    // for both directions, two ranks that send to each other take turns.
    ("links", "2"),
    // Longer messages are sent after an offer and its answer. Here a receiver usually asks before the message
    // is sent, so nothing is copied aside.
    ("eager_limit", "1048576"), ("rndv_eager_limit", "1048576"), ("max_send_size", "1048576"),
  ]

  /// Joins the processes of this launch. A process may do so once.
  ///
  /// - Throws: ``MPIError``.
  package init() throws {
    for (name, value) in Self.settingsOfTCP { setenv("OMPI_MCA_btl_tcp_\(name)", value, 0) }
    var provided: Int32 = 0
    try check(MPI_Init_thread(nil, nil, Int32(MPI_THREAD_SERIALIZED), &provided), "MPI_Init_thread")
    guard provided >= Int32(MPI_THREAD_SERIALIZED) else { throw MPIError.noThreads }
    try check(
      MPI_Comm_set_errhandler(millrace_mpi_world(), millrace_mpi_errors_return()), "MPI_Comm_set_errhandler")
    var (rank, count): (Int32, Int32) = (0, 0)
    try check(MPI_Comm_rank(millrace_mpi_world(), &rank), "MPI_Comm_rank")
    try check(MPI_Comm_size(millrace_mpi_world(), &count), "MPI_Comm_size")
    (self.rank, self.count) = (Int(rank), Int(count))
    hosts = try gather(Self.processorName())
    heartbeat = try Heartbeat(self)
  }

  /// Leaves the group. Every rank must leave, and may not use the group afterwards.
  package func leave() {
    // When the last rank has come here, it has heard from all others.
    _ = try? gather("")
    heartbeat?.stop()
    heartbeat = nil
    MPI_Finalize()
  }

  /// Says why this rank cannot go on, and ends all ranks.
  func giveUp(_ message: String) -> Never {
    // This writes at once and from any thread: nothing of this process can be relied on any more.
    let line = "millrace: error: \(message)\n"
    _ = line.withCString { write(STDERR_FILENO, $0, strlen($0)) }
    abort(code: 74)
  }

  /// Ends all ranks if a call has failed.
  private func require(_ code: Int32, _ function: String) {
    do {
      try check(code, function)
    } catch {
      let host = hosts.indices.contains(rank) ? " on \(hosts[rank])" : ""
      giveUp("rank \(rank)\(host): \(error)")
    }
  }

  /// Ends all ranks.
  ///
  /// - Parameter code: What this process exits with.
  package func abort(code: Int32) -> Never {
    // If MPI hangs in the attempt to reach the others, this process ends all the same.
    signal(SIGALRM) { _ in _exit(74) }
    alarm(5)
    MPI_Abort(millrace_mpi_world(), code)
    // Other threads may still compute, and what libraries do at a process's end would pull the ground from
    // under them.
    _exit(code)
  }

  /// The name and version of the library.
  package static var libraryVersion: String {
    var text = [CChar](repeating: 0, count: Int(MPI_MAX_LIBRARY_VERSION_STRING))
    var length: Int32 = 0
    MPI_Get_library_version(&text, &length)
    let version = String(decoding: text.prefix(Int(length)).map(UInt8.init(bitPattern:)), as: UTF8.self)
    return String(version.prefix { $0 != "," && !$0.isNewline })
  }

  private static func processorName() -> String {
    var text = [CChar](repeating: 0, count: Int(MPI_MAX_PROCESSOR_NAME))
    var length: Int32 = 0
    MPI_Get_processor_name(&text, &length)
    return String(decoding: text.prefix(Int(length)).map(UInt8.init(bitPattern:)), as: UTF8.self)
  }

  // MARK: Vectors from rank to rank

  /// See `ProcessGroup`.
  package func send(_ values: UnsafeBufferPointer<Float>, to rank: Int, tag: Int) {
    withTransfers { transfers in
      var request = millrace_mpi_no_request()
      require(
        MPI_Isend(
          values.baseAddress, Int32(values.count), millrace_mpi_float(), Int32(rank), Int32(tag),
          millrace_mpi_world(), &request), "MPI_Isend")
      transfers.sends.append(request)
    }
  }

  /// See `ProcessGroup`.
  package func receive(_ values: UnsafeMutableBufferPointer<Float>, from rank: Int, tag: Int) {
    withTransfers { transfers in
      var request = millrace_mpi_no_request()
      require(
        MPI_Irecv(
          values.baseAddress, Int32(values.count), millrace_mpi_float(), Int32(rank), Int32(tag),
          millrace_mpi_world(), &request), "MPI_Irecv")
      while transfers.receives.count <= tag { transfers.receives.append([]) }
      transfers.receives[tag].append(request)
    }
  }

  /// See `ProcessGroup`.
  package func finishReceiving(tag: Int) {
    wait { transfers in
      guard tag < transfers.receives.count else { return true }
      return areDone(&transfers.receives[tag])
    }
  }

  /// See `ProcessGroup`.
  package func finishSending() {
    wait { areDone(&$0.sends) }
  }

  /// See `ProcessGroup`.
  package func advance() {
    let now = MonotonicClock.now()
    guard now &- advancedAt.load(ordering: .relaxed) > Self.patience else { return }
    advancedAt.store(now, ordering: .relaxed)
    withTransfers { transfers in
      guard !transfers.isEmpty else { return }
      var isThere: Int32 = 0
      MPI_Iprobe(MPI_ANY_SOURCE, MPI_ANY_TAG, millrace_mpi_world(), &isThere, millrace_mpi_ignored_statuses())
    }
  }

  // MARK: Among all ranks

  /// See `ProcessGroup`.
  package func gather(_ memory: UnsafeMutableRawPointer, counts: [Int]) {
    // Counts are 32-bit: counts of words reach four times as far as counts of bytes.
    let width = MemoryLayout<Float>.stride
    let isInWords = counts.allSatisfy { $0.isMultiple(of: width) }
    let type = isInWords ? millrace_mpi_float() : millrace_mpi_byte()
    let numbers = UnsafeMutablePointer<Int32>.allocate(capacity: 2 * count)
    let starts = numbers + count
    var start = 0
    for rank in 0..<count {
      numbers[rank] = Int32(counts[rank] / (isInWords ? width : 1))
      starts[rank] = Int32(start)
      start += Int(numbers[rank])
    }
    withTransfers { transfers in
      var request = millrace_mpi_no_request()
      require(
        MPI_Iallgatherv(
          millrace_mpi_in_place(), numbers[rank], type, memory, numbers, starts, type, millrace_mpi_world(),
          &request), "MPI_Iallgatherv")
      transfers.gathers.append(Gather(request: request, counts: numbers))
    }
  }

  /// See `ProcessGroup`.
  package func finishGathering() {
    wait { transfers in
      while var gather = transfers.gathers.first {
        guard isDone(&gather.request) else { return false }
        gather.counts.deallocate()
        transfers.gathers.removeFirst()
      }
      return true
    }
  }

  /// See `ProcessGroup`.
  package func sumInAnyOrder(_ values: UnsafeMutableBufferPointer<Float>) {
    // The blocking call has faster algorithms than the other one.
    withTransfers { _ in
      require(
        MPI_Allreduce(
          millrace_mpi_in_place(), values.baseAddress, Int32(values.count), millrace_mpi_float(),
          millrace_mpi_sum(), millrace_mpi_world()), "MPI_Allreduce")
    }
  }

  // MARK: Waiting

  /// See `ProcessGroup`.
  package var waited: UInt64 { waitedTime.load(ordering: .relaxed) }

  /// The nanoseconds for which a waiter calls without a pause, and within which a computing thread does not
  /// call again; and those after which a waiter sleeps between two calls.
  private static let (patience, sleepsAfter): (UInt64, UInt64) = (20_000, 2_000_000)

  /// Asks until the condition holds, ever less often.
  private func wait(_ isDone: (inout Transfers) -> Bool) {
    if withTransfers(isDone) { return }
    let start = MonotonicClock.now()
    while !withTransfers(isDone) {
      let elapsed = MonotonicClock.now() - start
      if elapsed > Self.sleepsAfter {
        usleep(50)
      } else if elapsed > Self.patience {
        sched_yield()
      }
    }
    waitedTime.add(MonotonicClock.now() - start, ordering: .relaxed)
  }

  /// Whether a request is done. The lock must be held.
  private func isDone(_ request: inout MPI_Request?) -> Bool {
    var flag: Int32 = 0
    require(MPI_Test(&request, &flag, millrace_mpi_ignored_statuses()), "MPI_Test")
    return flag != 0
  }

  /// Whether all requests are done. The lock must be held.
  private func areDone(_ requests: inout [MPI_Request?]) -> Bool {
    if requests.isEmpty { return true }
    var flag: Int32 = 0
    require(
      MPI_Testall(Int32(requests.count), &requests, &flag, millrace_mpi_ignored_statuses()), "MPI_Testall")
    if flag != 0 { requests.removeAll(keepingCapacity: true) }
    return flag != 0
  }

  /// Gives a closure its turn with MPI and the transfers under way.
  private func withTransfers<Result>(_ body: (inout Transfers) -> Result) -> Result {
    while heartbeatWaits.load(ordering: .relaxed) { sched_yield() }
    return transfers.withLock(body)
  }

  /// Gives a closure its turn with MPI before every other thread that wants one: for the heartbeat.
  func alone(_ body: () -> Void) {
    heartbeatWaits.store(true, ordering: .relaxed)
    transfers.withLock { _ in
      heartbeatWaits.store(false, ordering: .relaxed)
      body()
    }
  }
}

/// Throws MPI's message about a call that has failed.
private func check(_ code: Int32, _ function: String) throws {
  guard code != MPI_SUCCESS else { return }
  var text = [CChar](repeating: 0, count: Int(MPI_MAX_ERROR_STRING))
  var length: Int32 = 0
  MPI_Error_string(code, &text, &length)
  throw MPIError.failed(
    function: function,
    message: String(decoding: text.prefix(Int(length)).map(UInt8.init(bitPattern:)), as: UTF8.self))
}

/// Why ranks could not communicate.
package enum MPIError: Error, Sendable, Hashable, CustomStringConvertible {
  /// The library cannot be called from several threads.
  case noThreads
  /// A call has failed.
  case failed(function: String, message: String)

  /// The error in one line.
  package var description: String {
    switch self {
    case .noThreads:
      "this MPI library does not allow calls from several threads (MPI_THREAD_SERIALIZED); use one that was built with threads"
    case .failed(let function, let message):
      "\(function) failed: \(message); is the network between the hosts up, and does every rank run?"
    }
  }
}
#endif
