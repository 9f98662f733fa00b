/// The part of each minibatch that one process loads: the rows of neighbouring shards.
public struct MinibatchPart: Sendable, Hashable {
  /// The shards of the part.
  public let shards: Range<Int>
  /// The number of shards in a minibatch.
  public let shardCount: Int

  /// Makes a part.
  ///
  /// - Parameters:
  ///   - shards: The shards, within `0..<shardCount`; there may be none.
  ///   - shardCount: The number of shards in a minibatch, at least 1.
  public init(shards: Range<Int>, of shardCount: Int) {
    precondition(
      shardCount >= 1 && shards.lowerBound >= 0 && shards.upperBound <= shardCount,
      "shards \(shards) are not among \(shardCount)")
    self.shards = shards
    self.shardCount = shardCount
  }

  /// The whole minibatch.
  public static let whole = MinibatchPart(shards: 0..<1, of: 1)

  /// The rows of the part in a minibatch with this number of rows.
  public func rows(in count: Int) -> Range<Int> {
    shards.lowerBound * count / shardCount..<shards.upperBound * count / shardCount
  }

  /// The largest number of rows in the part of a minibatch.
  ///
  /// - Parameter minibatch: The largest number of rows in a minibatch.
  public func capacity(for minibatch: Int) -> Int {
    (shards.count * minibatch + shardCount - 1) / shardCount
  }
}
