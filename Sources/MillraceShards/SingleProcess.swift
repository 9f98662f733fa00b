/// A process that trains alone: a group of one, in which nothing is sent and nobody waits for another.
package final class SingleProcess: ProcessGroup {
  /// Joins nobody.
  package init() {}

  /// See `ProcessGroup`.
  package var rank: Int { 0 }
  /// See `ProcessGroup`.
  package var count: Int { 1 }
  /// See `ProcessGroup`.
  package var hosts: [String] { ["localhost"] }
  /// See `ProcessGroup`.
  package var waited: UInt64 { 0 }

  /// See `ProcessGroup`. There is no other rank.
  package func send(_ values: UnsafeBufferPointer<Float>, to rank: Int, tag: Int) {
    preconditionFailure("a process alone has nobody to send to, and was to send to rank \(rank)")
  }
  /// See `ProcessGroup`. There is no other rank.
  package func receive(_ values: UnsafeMutableBufferPointer<Float>, from rank: Int, tag: Int) {
    preconditionFailure("a process alone has nobody to receive from, and was to receive from rank \(rank)")
  }
  /// See `ProcessGroup`.
  package func finishReceiving(tag: Int) {}
  /// See `ProcessGroup`.
  package func finishSending() {}
  /// See `ProcessGroup`.
  package func advance() {}
  /// See `ProcessGroup`. There is nothing else to gather.
  package func gather(_ memory: UnsafeMutableRawPointer, counts: [Int]) {}
  /// See `ProcessGroup`.
  package func finishGathering() {}
  /// See `ProcessGroup`. The vector is already the sum.
  package func sumInAnyOrder(_ values: UnsafeMutableBufferPointer<Float>) {}
}
