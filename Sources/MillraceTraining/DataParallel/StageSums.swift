import MillraceNetwork
import MillraceShards
import MillraceVectors

/// The sums over the whole minibatch at each boundary between the stages of a pass: each shard's, and what they add up to
/// in the ``FixedTree``.
final class StageSums {
  private let placement: Placement
  /// By boundary, then by shard. Each boundary has its own, since a shard may be on its way back while another still adds up
  /// what came forward.
  private let memory: UnsafeMutablePointer<Double>
  /// Each worker's totals of the boundary that it has crossed last; with other ranks, worker 0's are everybody's.
  private let totals: UnsafeMutablePointer<Double>
  private let totalCount: Int

  init(_ placement: Placement) {
    self.placement = placement
    let network = placement.layout.network
    totalCount = max(1, network.largestSumCount)
    let count = max(1, 2 * network.stageCount * placement.layout.shards.count * totalCount)
    memory = .allocate(capacity: count)
    memory.initialize(repeating: 0, count: count)
    totals = .allocate(capacity: placement.workers * totalCount)
    totals.initialize(repeating: 0, count: placement.workers * totalCount)
  }

  deinit {
    memory.deallocate()
    totals.deallocate()
  }

  /// Where the shards' sums at a boundary lie, one shard's after another.
  private func start(_ boundary: StageBoundary) -> UnsafeMutablePointer<Double> {
    memory + (2 * boundary.stage + (boundary.isBackward ? 1 : 0)) * placement.layout.shards.count * totalCount
  }

  private func count(_ boundary: StageBoundary) -> Int {
    placement.layout.network.sumCount(beforeStage: boundary.stage)
  }

  /// Where a shard's sums go.
  func sums(of shard: Int, at boundary: StageBoundary) -> UnsafeMutablePointer<Double> {
    start(boundary) + shard * count(boundary)
  }

  /// What a worker has added up, or had added up for it.
  func totals(for worker: Int) -> UnsafeMutablePointer<Double> {
    totals + (placement.others.isEmpty ? worker : 0) * totalCount
  }

  /// Begins to hand the ranks' sums around.
  func beginSharing(_ boundary: StageBoundary, _ group: any ProcessGroup) throws {
    let count = count(boundary)
    try group.beginExchange(
      start(boundary), runs: placement.ranks.runs.map { $0.lowerBound * count..<$0.upperBound * count })
  }

  /// Adds up all shards' sums.
  func addUp(_ boundary: StageBoundary, for worker: Int) {
    let (sums, count, totals) = (start(boundary), count(boundary), totals(for: worker))
    let shards = placement.layout.shards.count
    forEachLane(
      count,
      whole: { i in
        let sum = treeSum(0, shards) {
          UnsafeRawPointer(sums + ($0 &* count &+ i)).loadUnaligned(as: SIMD8<Double>.self)
        }
        UnsafeMutableRawPointer(totals + i).storeBytes(of: sum, as: SIMD8<Double>.self)
      },
      rest: { i in totals[i] = treeSum(0, shards) { SIMD2(repeating: sums[$0 &* count &+ i]) }.x })
  }

  /// The ``FixedTree``, over some numbers a shard.
  private func treeSum<Numbers: SIMD>(_ first: Int, _ count: Int, _ value: (Int) -> Numbers) -> Numbers
  where Numbers.Scalar: FloatingPoint {
    if count == 1 { return value(first) }
    let halves = FixedTree.halves(of: first..<first + count)
    return treeSum(first, halves.left.count, value)
      + treeSum(halves.right.lowerBound, halves.right.count, value)
  }
}
