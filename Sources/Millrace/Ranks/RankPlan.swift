import MillracePipeline

/// Which shards of a minibatch each rank has: neighbouring ones, in parts as even as possible.
struct RankPlan: Sendable, Hashable {
  let shards: ShardPlan
  let ranks: Int

  /// The shards of a rank; none where there are more ranks than shards.
  func run(of rank: Int) -> Range<Int> {
    rank * shards.count / ranks..<(rank + 1) * shards.count / ranks
  }

  /// The shards of every rank, in order.
  var runs: [Range<Int>] { (0..<ranks).map(run) }

  /// The part of a minibatch that a rank loads.
  func part(of rank: Int) -> MinibatchPart { MinibatchPart(shards: run(of: rank), of: shards.count) }
}
