/// A process that trains alone: a group of one, in which nothing is sent and nobody waits for another.
public final class SingleProcess: ProcessGroup {
  /// Joins nobody.
  public init() {}

  /// See `ProcessGroup`.
  public var rank: Int { 0 }
  /// See `ProcessGroup`.
  public var count: Int { 1 }
  /// See `ProcessGroup`.
  public var hosts: [String] { ["localhost"] }
  /// See `ProcessGroup`.
  public var waited: UInt64 { 0 }

  /// See `ProcessGroup`. There is no other rank.
  public func send(_ values: UnsafeBufferPointer<Float>, to rank: Int, tag: Int) {
    preconditionFailure("a process alone has nobody to send to, and was to send to rank \(rank)")
  }
  /// See `ProcessGroup`. There is no other rank.
  public func receive(_ values: UnsafeMutableBufferPointer<Float>, from rank: Int, tag: Int) {
    preconditionFailure("a process alone has nobody to receive from, and was to receive from rank \(rank)")
  }
  /// See `ProcessGroup`.
  public func finishReceiving(tag: Int) {}
  /// See `ProcessGroup`.
  public func finishSending() {}
  /// See `ProcessGroup`.
  public func advance() {}
  /// See `ProcessGroup`. There is nothing else to gather.
  public func gather(_ memory: UnsafeMutableRawPointer, counts: [Int]) {}
  /// See `ProcessGroup`.
  public func finishGathering() {}
  /// See `ProcessGroup`. The vector is already the sum.
  public func sumInAnyOrder(_ values: UnsafeMutableBufferPointer<Float>) {}
}
