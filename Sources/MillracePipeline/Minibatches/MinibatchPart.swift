/// What of each minibatch one process loads: the rows of a contiguous run of its shards.
public struct MinibatchPart: Sendable, Hashable {
  /// The run of shards.
  public let shards: Range<Int>
  /// How many shards a minibatch has.
  public let shardCount: Int

  /// Names a part.
  ///
  /// - Parameters:
  ///   - shards: May be empty; within `0..<shardCount`.
  ///   - shardCount: At least 1.
  public init(shards: Range<Int>, of shardCount: Int) {
    precondition(
      shardCount >= 1 && shards.lowerBound >= 0 && shards.upperBound <= shardCount,
      "shards \(shards) are no part of \(shardCount)")
    self.shards = shards
    self.shardCount = shardCount
  }

  /// All of it.
  public static let whole = MinibatchPart(shards: 0..<1, of: 1)

  /// The rows of the part in a minibatch of so many.
  public func rows(in count: Int) -> Range<Int> {
    shards.lowerBound * count / shardCount..<shards.upperBound * count / shardCount
  }

  /// The most rows that the part of a minibatch can have.
  ///
  /// - Parameter minibatch: The most rows of a minibatch.
  public func capacity(for minibatch: Int) -> Int {
    (shards.count * minibatch + shardCount - 1) / shardCount
  }
}
