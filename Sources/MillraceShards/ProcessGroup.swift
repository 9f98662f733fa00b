/// The processes that train one network together, as one of them sees them. Each process is a rank, numbered
/// from 0.
///
/// All methods may be called from any thread. Every rank must gather the same things in the same order. A
/// rank that cannot be reached any more causes an error, or the end of the process, but never a wait without
/// end.
package protocol ProcessGroup: AnyObject {
  /// The number of this process.
  var rank: Int { get }
  /// The number of processes.
  var count: Int { get }
  /// The names of the hosts on which the processes run, by rank, as people read them.
  var hosts: [String] { get }

  /// Begins to send a vector; its memory must not change until ``finishSending()``.
  func send(_ values: UnsafeBufferPointer<Float>, to rank: Int, tag: Int) throws
  /// Begins to receive a vector, which is complete after ``finishReceiving(tag:)``.
  func receive(_ values: UnsafeMutableBufferPointer<Float>, from rank: Int, tag: Int) throws
  /// Waits until all vectors that were asked for with a tag have come.
  func finishReceiving(tag: Int) throws
  /// Waits until all vectors have been sent.
  func finishSending() throws
  /// Lets transfers under way make progress, without waiting.
  func advance()

  /// Begins to exchange parts of some memory: each rank has written its own part and gets those of the
  /// others.
  ///
  /// Nobody may touch the memory until ``finishGathering()``.
  ///
  /// - Parameters:
  ///   - memory: Where the first rank's part begins; the others follow without gaps.
  ///   - counts: The bytes of each rank's part.
  func gather(_ memory: UnsafeMutableRawPointer, counts: [Int]) throws
  /// Waits until every gather that was begun is complete.
  func finishGathering() throws

  /// Sums a vector over all ranks in whatever order is fastest, so the bits depend on the number of ranks.
  func sumInAnyOrder(_ values: UnsafeMutableBufferPointer<Float>) throws

  /// The time that was spent waiting for other ranks, in nanoseconds.
  var waited: UInt64 { get }
}

extension ProcessGroup {
  /// Gives all ranks the text of each rank.
  package func gather(_ text: String) throws -> [String] {
    let own = Array(text.utf8)
    let lengths = try exchange(own.count)
    var all = [UInt8](repeating: 0, count: max(1, lengths.reduce(0, +)))
    let start = lengths[..<rank].reduce(0, +)
    all.replaceSubrange(start..<start + own.count, with: own)
    try all.withUnsafeMutableBytes { memory in
      // There is at least one byte.
      try gather(memory.baseAddress!, counts: lengths)
      try finishGathering()
    }
    var place = 0
    return lengths.map { length in
      defer { place += length }
      return String(decoding: all[place..<place + length], as: UTF8.self)
    }
  }

  /// Gives all ranks the value of each rank.
  package func exchange<Value: BitwiseCopyable>(_ own: Value) throws -> [Value] {
    var all = [Value](repeating: own, count: count)
    try all.withUnsafeMutableBufferPointer { values in
      // There is at least one rank.
      try exchange(values.baseAddress!, runs: (0..<count).map { $0..<$0 + 1 })
    }
    return all
  }

  /// Exchanges elements of an array between the ranks, and waits for them.
  ///
  /// - Parameters:
  ///   - elements: The first of them; each rank has written its own range and gets those of the others.
  ///   - runs: Each rank's range, in order and without gaps, from 0 on.
  package func exchange<Element: BitwiseCopyable>(
    _ elements: UnsafeMutablePointer<Element>, runs: [Range<Int>]
  ) throws {
    try beginExchange(elements, runs: runs)
    try finishGathering()
  }

  /// Exchanges elements without waiting: `finishGathering()` waits for them.
  package func beginExchange<Element: BitwiseCopyable>(
    _ elements: UnsafeMutablePointer<Element>, runs: [Range<Int>]
  ) throws {
    // A process alone has all elements.
    guard count > 1 else { return }
    let stride = MemoryLayout<Element>.stride
    try gather(UnsafeMutableRawPointer(elements), counts: runs.map { $0.count * stride })
  }
}
