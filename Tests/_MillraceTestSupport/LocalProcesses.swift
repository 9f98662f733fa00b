package import MillraceShards
import MillraceThreads

/// Ranks that are threads of this process: they exchange copies, as between machines. A vector is copied as late as
/// possible, when its receiver waits for it, so that a thread which touches it too early is found out.
public final class LocalProcesses: Sendable {
  fileprivate struct Address: Hashable {
    let from: Int
    let to: Int
    let tag: Int
  }

  /// The place of a vector: memory of its sender, which waits until it is copied.
  fileprivate struct Vector: Sendable {
    let address: UInt
    let count: Int
  }

  fileprivate struct Shared: Sendable {
    var vectors: [Address: [Vector]] = [:]
    /// For each rank the number of vectors that are still to be copied.
    var sending: [Int: Int] = [:]
    /// The parts of each gather, by its number, then by rank.
    var gathers: [Int: [Int: [UInt8]]] = [:]
    var collected: [Int: Int] = [:]
  }

  fileprivate let shared = Monitor(Shared())
  /// The number of ranks.
  public let count: Int

  private init(count: Int) { self.count = count }

  /// Calls a body on every rank at the same time.
  ///
  /// - Returns: The result of each rank.
  package static func run<Result: Sendable>(
    _ count: Int, _ body: @escaping @Sendable (any ProcessGroup) throws -> Result
  ) throws -> [Swift.Result<Result, any Error>] {
    let processes = LocalProcesses(count: count)
    let results = Monitor<[Int: Swift.Result<Result, any Error>]>([:])
    let threads = try (0..<count).map { rank in
      try WorkerThread(name: "rank-\(rank)") {
        let result = Swift.Result { try body(LocalGroup(processes, rank: rank)) }
        results.withLock { $0[rank] = result }
      }
    }
    for thread in threads { thread.join() }
    return results.withLock { results in (0..<count).compactMap { results[$0] } }
  }
}

/// The group as one rank sees it.
private final class LocalGroup: ProcessGroup {
  let rank: Int
  private let processes: LocalProcesses

  private struct Receive {
    let number: Int
    let memory: UnsafeMutableBufferPointer<Float>
    let address: LocalProcesses.Address
  }

  private struct Gather {
    let number: Int
    let memory: UnsafeMutableRawPointer
  }

  /// The transfers under way, until a thread that waits for them has copied them; several threads may.
  private struct Transfers {
    var receives: [Receive] = []
    var receiveCount = 0
    var gathers: [Gather] = []
    var gatherCount = 0
  }
  private let transfers = Monitor(Transfers())

  init(_ processes: LocalProcesses, rank: Int) {
    self.processes = processes
    self.rank = rank
  }

  var count: Int { processes.count }
  var hosts: [String] { (0..<count).map { "host-\($0)" } }
  var waited: UInt64 { 0 }

  func send(_ values: UnsafeBufferPointer<Float>, to rank: Int, tag: Int) {
    let address = LocalProcesses.Address(from: self.rank, to: rank, tag: tag)
    let vector = LocalProcesses.Vector(address: UInt(bitPattern: values.baseAddress), count: values.count)
    processes.shared.withLock {
      $0.vectors[address, default: []].append(vector)
      $0.sending[self.rank, default: 0] += 1
    }
    processes.shared.notifyAll(0)
  }

  func receive(_ values: UnsafeMutableBufferPointer<Float>, from rank: Int, tag: Int) {
    let address = LocalProcesses.Address(from: rank, to: self.rank, tag: tag)
    transfers.withLock {
      $0.receives.append(Receive(number: $0.receiveCount, memory: values, address: address))
      $0.receiveCount += 1
    }
  }

  func finishReceiving(tag: Int) {
    while let receive = transfers.withLock({ $0.receives.first { $0.address.tag == tag } }) {
      processes.shared.wait(on: 0) { shared -> Void? in
        transfers.withLock { transfers -> Void? in
          guard let place = transfers.receives.firstIndex(where: { $0.number == receive.number }) else {
            return ()
          }
          guard shared.vectors[receive.address]?.isEmpty == false,
            let vector = shared.vectors[receive.address]?.removeFirst()
          else { return nil }
          precondition(vector.count <= receive.memory.count, "a longer vector came than was asked for")
          let values = UnsafeBufferPointer(
            start: UnsafePointer<Float>(bitPattern: vector.address), count: vector.count)
          _ = receive.memory.update(from: values)
          shared.sending[receive.address.from, default: 0] -= 1
          transfers.receives.remove(at: place)
          return ()
        }
      }
      processes.shared.notifyAll(0)
    }
  }

  func finishSending() {
    processes.shared.wait(on: 0) { $0.sending[rank, default: 0] == 0 ? () : nil }
  }
  func advance() {}

  private func startGather(_ own: [UInt8], into memory: UnsafeMutableRawPointer) {
    let number = transfers.withLock { transfers in
      transfers.gathers.append(Gather(number: transfers.gatherCount, memory: memory))
      transfers.gatherCount += 1
      return transfers.gatherCount - 1
    }
    processes.shared.withLock { $0.gathers[number, default: [:]][rank] = own }
    processes.shared.notifyAll(0)
  }

  func gather(_ memory: UnsafeMutableRawPointer, counts: [Int]) {
    let start = counts[..<rank].reduce(0, +)
    startGather(
      Array(UnsafeRawBufferPointer(start: memory + start, count: counts[rank])), into: memory)
  }

  func finishGathering() {
    while let gather = transfers.withLock({ $0.gathers.first }) {
      processes.shared.wait(on: 0) { shared -> Void? in
        transfers.withLock { transfers -> Void? in
          guard transfers.gathers.first?.number == gather.number else { return () }
          guard let parts = shared.gathers[gather.number], parts.count == count else { return nil }
          var place = gather.memory
          for rank in 0..<count {
            let bytes = parts[rank] ?? []
            bytes.withUnsafeBytes {
              if let base = $0.baseAddress { place.copyMemory(from: base, byteCount: $0.count) }
            }
            place += bytes.count
          }
          shared.collected[gather.number, default: 0] += 1
          if shared.collected[gather.number] == count { shared.gathers[gather.number] = nil }
          transfers.gathers.removeFirst()
          return ()
        }
      }
      processes.shared.notifyAll(0)
    }
  }

  func sumInAnyOrder(_ values: UnsafeMutableBufferPointer<Float>) {
    preconditionFailure("nothing here asks for sums in any order")
  }
}
