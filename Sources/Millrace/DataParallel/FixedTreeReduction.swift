/// The sum of the shards' gradients, in an order that never changes.
///
/// Neighbours are added pairwise, then pairs of pairs, and so on: the shape of the tree follows from the
/// number of shards. Floating-point addition is not associative; a fixed tree makes the sum the same bits
/// for any number of threads, and its rounding error grows with the depth, not with the number of shards.
struct FixedTreeReduction {
  /// The first element of each shard's gradient.
  let shards: [UnsafeMutablePointer<Float>]

  /// Sums a slice over the shards; the sum replaces the first shard's values, the others are scratch.
  ///
  /// Meant for slices that fit the first-level cache, so that what follows finds the sum there.
  func sum(_ slice: Range<Int>) {
    var stride = 1
    while stride < shards.count {
      var shard = 0
      while shard &+ stride < shards.count {
        add(shards[shard &+ stride] + slice.lowerBound, to: shards[shard] + slice.lowerBound, slice.count)
        shard &+= 2 &* stride
      }
      stride &*= 2
    }
  }

  @inline(__always)
  private func add(_ more: UnsafeMutablePointer<Float>, to sum: UnsafeMutablePointer<Float>, _ count: Int) {
    for i in 0..<count { sum[i] += more[i] }
  }
}
