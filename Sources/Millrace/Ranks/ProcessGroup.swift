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

  /// Begins to hand slices of a vector around: each rank has its own and gets the others'.
  ///
  /// - Parameters:
  ///   - vector: The first element.
  ///   - slices: Each rank's slice, in order and without gaps.
  func gather(_ vector: UnsafeMutablePointer<Float>, slices: [Range<Int>]) throws
  /// Waits until all slices are there.
  func finishGathering() throws

  /// Hands some bytes of each rank to all, and waits for them.
  ///
  /// - Parameters:
  ///   - own: This rank's.
  ///   - counts: How many each rank has.
  ///   - all: Receives them in the ranks' order.
  func gather(_ own: UnsafeRawBufferPointer, counts: [Int], into all: UnsafeMutableRawBufferPointer) throws

  /// Sums a vector over all ranks in whatever order is fastest, so that the bits depend on their number.
  func sumInAnyOrder(_ values: UnsafeMutableBufferPointer<Float>) throws

  /// What was spent in waiting for other ranks, in nanoseconds.
  var waited: UInt64 { get }
}

extension ProcessGroup {
  /// Hands a text of each rank to all.
  public func gather(_ text: String) throws -> [String] {
    let own = Array(text.utf8)
    var lengths = [Int](repeating: 0, count: count)
    let ownLength = [own.count]
    try ownLength.withUnsafeBytes { length in
      try lengths.withUnsafeMutableBytes {
        try gather(length, counts: Array(repeating: MemoryLayout<Int>.size, count: count), into: $0)
      }
    }
    var all = [UInt8](repeating: 0, count: lengths.reduce(0, +))
    try own.withUnsafeBytes { bytes in
      try all.withUnsafeMutableBytes { try gather(bytes, counts: lengths, into: $0) }
    }
    var start = 0
    return lengths.map { length in
      defer { start += length }
      return String(decoding: all[start..<start + length], as: UTF8.self)
    }
  }

  /// Hands elements of an array around: each rank has written its own run of them and gets the others'.
  ///
  /// - Parameters:
  ///   - elements: The first of them.
  ///   - runs: Each rank's run, in order and without gaps.
  func exchange<Element: BitwiseCopyable>(
    _ elements: UnsafeMutablePointer<Element>, runs: [Range<Int>]
  ) throws {
    let stride = MemoryLayout<Element>.stride
    let all = UnsafeMutableRawBufferPointer(start: elements, count: (runs.last?.upperBound ?? 0) * stride)
    let own = runs[rank]
    // The memory that is received into may not be sent from.
    try withUnsafeTemporaryAllocation(byteCount: max(1, own.count * stride), alignment: 16) { copy in
      let bytes = UnsafeMutableRawBufferPointer(rebasing: copy[..<(own.count * stride)])
      bytes.copyMemory(
        from: UnsafeRawBufferPointer(
          rebasing: UnsafeRawBufferPointer(all)[own.lowerBound * stride..<own.upperBound * stride]))
      try gather(UnsafeRawBufferPointer(bytes), counts: runs.map { $0.count * stride }, into: all)
    }
  }
}
