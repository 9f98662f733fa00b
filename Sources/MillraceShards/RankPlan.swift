package import MillracePipeline

/// Which shards of a minibatch each rank has: neighbouring ones, in parts as even as possible.
package struct RankPlan: Sendable, Hashable {
  package let shards: ShardPlan
  package let ranks: Int

  package init(shards: ShardPlan, ranks: Int) {
    self.shards = shards
    self.ranks = ranks
  }

  /// The shards of a rank; none where there are more ranks than shards.
  package func run(of rank: Int) -> Range<Int> {
    rank * shards.count / ranks..<(rank + 1) * shards.count / ranks
  }

  /// The shards of every rank, in order.
  package var runs: [Range<Int>] { (0..<ranks).map(run) }

  /// The part of a minibatch that a rank loads.
  package func part(of rank: Int) -> MinibatchPart { MinibatchPart(shards: run(of: rank), of: shards.count) }
}
