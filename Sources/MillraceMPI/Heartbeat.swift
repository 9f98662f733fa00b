#if MPI
import CMPI
import MillraceThreads
import Synchronization

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// Ends this process when a rank is gone: MPI itself may wait for ever for an answer from a host that hangs.
///
/// Every second each rank sends a byte to rank 0, and rank 0 sends one to each rank. A rank that has heard
/// nothing for ten seconds says so and aborts. When rank 0 is gone, the others end, too, at the latest ten
/// seconds later.
///
/// - Note: `@unchecked Sendable` holds because everything except `isStopping` belongs to the thread.
final class Heartbeat: @unchecked Sendable {
  /// The nanoseconds between two beats, and those of silence after which a rank counts as gone.
  private static let (interval, limit): (UInt64, UInt64) = (1_000_000_000, 10_000_000_000)
  private static let tag: Int32 = 32_000
  /// What is sent to every rank: one byte for the whole process, since a send may still be under way when the
  /// heart has stopped.
  nonisolated(unsafe) private static let beat: UnsafeMutablePointer<UInt8> = {
    let byte = UnsafeMutablePointer<UInt8>.allocate(capacity: 1)
    byte.initialize(to: 0)
    return byte
  }()

  private unowned let group: MPIGroup
  private let isStopping = Atomic<Bool>(false)
  private var thread: WorkerThread?
  private var peers: [Peer]

  private struct Peer {
    let rank: Int
    /// The memory into which the byte of a beat is received.
    let heard: UnsafeMutablePointer<UInt8>
    var send: MPI_Request?
    var receive: MPI_Request?
    var heardAt: UInt64
  }

  init(_ group: MPIGroup) throws {
    self.group = group
    let ranks = group.rank == 0 ? Array(1..<max(1, group.count)) : [0]
    let now = MonotonicClock.now()
    peers = ranks.map { rank in
      let heard = UnsafeMutablePointer<UInt8>.allocate(capacity: 1)
      heard.initialize(to: 0)
      return Peer(
        rank: rank, heard: heard, send: millrace_mpi_no_request(), receive: millrace_mpi_no_request(),
        heardAt: now)
    }
    guard group.count > 1 else { return }
    thread = try WorkerThread(name: "heartbeat") { [unowned self] in beat() }
  }

  /// Stops the heartbeat, once no rank needs to hear from this one any more.
  func stop() {
    isStopping.store(true, ordering: .relaxed)
    thread?.join()
    thread = nil
  }

  deinit { for peer in peers { peer.heard.deallocate() } }

  private func beat() {
    var next = MonotonicClock.now()
    for index in peers.indices { group.alone { listen(to: index) } }
    var lastTurn = MonotonicClock.now()
    while !isStopping.load(ordering: .relaxed) {
      // Nobody can be heard while this thread is kept waiting, as in a long call of the library.
      let turn = MonotonicClock.now()
      if turn - lastTurn > Self.interval {
        for index in peers.indices { peers[index].heardAt += turn - lastTurn }
      }
      lastTurn = turn
      let isDue = MonotonicClock.now() >= next
      if isDue { next += Self.interval }
      for index in peers.indices {
        group.alone { exchange(with: index, sends: isDue) }
        if MonotonicClock.now() &- peers[index].heardAt > Self.limit { giveUp(peers[index].rank) }
      }
      usleep(20_000)
    }
    for index in peers.indices {
      group.alone {
        MPI_Cancel(&peers[index].receive)
        MPI_Wait(&peers[index].receive, millrace_mpi_ignored_statuses())
      }
    }
  }

  private func listen(to index: Int) {
    MPI_Irecv(
      peers[index].heard, 1, millrace_mpi_byte(), Int32(peers[index].rank), Self.tag,
      millrace_mpi_world(),
      &peers[index].receive)
  }

  /// An error of MPI counts as silence.
  private func exchange(with index: Int, sends: Bool) {
    if Self.isDone(&peers[index].receive) {
      peers[index].heardAt = MonotonicClock.now()
      listen(to: index)
    }
    guard sends, Self.isDone(&peers[index].send) else { return }
    MPI_Isend(
      Self.beat, 1, millrace_mpi_byte(), Int32(peers[index].rank), Self.tag, millrace_mpi_world(),
      &peers[index].send)
  }

  private static func isDone(_ request: inout MPI_Request?) -> Bool {
    var flag: Int32 = 0
    return MPI_Test(&request, &flag, millrace_mpi_ignored_statuses()) == MPI_SUCCESS && flag != 0
  }

  private func giveUp(_ rank: Int) -> Never {
    let seconds = Self.limit / 1_000_000_000
    group.giveUp(
      "rank \(rank) on \(group.hosts[rank]) has not answered for \(seconds) seconds: it, its host or the network is gone; "
        + "the last checkpoint is whole, go on with --resume on the hosts that are left")
  }
}
#endif
