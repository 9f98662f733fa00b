/// How a minibatch is cut into shards: by the configuration alone, never by the number of threads.
package struct ShardPlan: Sendable, Hashable {
  /// The number of shards, at least 1.
  package let count: Int

  /// Makes a plan of `count` shards.
  package init(count: Int) {
    precondition(count >= 1, "a minibatch needs at least one shard, got \(count)")
    self.count = count
  }

  /// The rows of one shard: contiguous, in order, as even as can be; empty where there are too few rows.
  package func rows(of shard: Int, in minibatchCount: Int) -> Range<Int> {
    shard * minibatchCount / count..<(shard + 1) * minibatchCount / count
  }

  /// The most rows that any shard of a minibatch can have.
  package func capacity(for minibatchCapacity: Int) -> Int {
    (minibatchCapacity + count - 1) / count
  }
}
