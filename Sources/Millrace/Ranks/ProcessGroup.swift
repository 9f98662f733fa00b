/// The processes that train one network together, each a rank from 0 on: a view of them from one.
///
/// All methods may be called from any thread. Every rank must gather the same things in the same order. A rank that
/// cannot be reached any more is an error, or the end of the process, but never a wait without end.
public protocol ProcessGroup: AnyObject {
  /// This process's number.
  var rank: Int { get }
  /// How many processes there are.
  var count: Int { get }
  /// Where each process runs, by rank: names of hosts, for people.
  var hosts: [String] { get }

  /// Begins to send a vector; its memory must not change until ``finishSending()``.
  func send(_ values: UnsafeBufferPointer<Float>, to rank: Int, tag: Int) throws
  /// Begins to receive a vector, which is there after ``finishReceiving(tag:)``.
  func receive(_ values: UnsafeMutableBufferPointer<Float>, from rank: Int, tag: Int) throws
  /// Waits until all vectors with a tag have come that were asked for.
  func finishReceiving(tag: Int) throws
  /// Waits until all vectors have been sent.
  func finishSending() throws
  /// Lets what is under way go on for a moment, without waiting.
  func advance()

  /// Begins to hand parts of some memory around: each rank has written its own and gets the others'.
  ///
  /// Nothing in it may be touched until ``finishGathering()``.
  ///
  /// - Parameters:
  ///   - memory: Where the first rank's part begins; the others follow without gaps.
  ///   - counts: The bytes of each rank's part.
  func gather(_ memory: UnsafeMutableRawPointer, counts: [Int]) throws
  /// Waits until all that was begun to be gathered is there.
  func finishGathering() throws

  /// Sums a vector over all ranks in whatever order is fastest, so that the bits depend on their number.
  func sumInAnyOrder(_ values: UnsafeMutableBufferPointer<Float>) throws

  /// What was spent in waiting for other ranks, in nanoseconds.
  var waited: UInt64 { get }
}

extension ProcessGroup {
  /// Hands a text of each rank to all.
  public func gather(_ text: String) throws -> [String] {
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

  /// Hands a value of each rank to all.
  func exchange<Value: BitwiseCopyable>(_ own: Value) throws -> [Value] {
    var all = [Value](repeating: own, count: count)
    try all.withUnsafeMutableBufferPointer { values in
      // There is at least one rank.
      try exchange(values.baseAddress!, runs: (0..<count).map { $0..<$0 + 1 })
    }
    return all
  }

  /// Hands elements of an array around, and waits for them.
  ///
  /// - Parameters:
  ///   - elements: The first of them; each rank has written its own run and gets the others'.
  ///   - runs: Each rank's run, in order and without gaps, from 0 on.
  func exchange<Element: BitwiseCopyable>(
    _ elements: UnsafeMutablePointer<Element>, runs: [Range<Int>]
  ) throws {
    try beginExchange(elements, runs: runs)
    try finishGathering()
  }

  /// The same without the wait: `finishGathering()` ends it.
  func beginExchange<Element: BitwiseCopyable>(
    _ elements: UnsafeMutablePointer<Element>, runs: [Range<Int>]
  ) throws {
    // A process alone has all of it.
    guard count > 1 else { return }
    let stride = MemoryLayout<Element>.stride
    try gather(UnsafeMutableRawPointer(elements), counts: runs.map { $0.count * stride })
  }
}
