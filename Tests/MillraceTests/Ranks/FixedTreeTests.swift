import MillraceRandom
import Testing

@testable import MillraceShards
@testable import MillraceTraining

struct FixedTreeTests {
  /// Values of many magnitudes: another order of the sum gives other bits.
  private static func values(_ count: Int) -> [Float] {
    var random = KeyedRandom(seed: 8, purpose: .preview)
    return (0..<count).map { _ in random.normal() * Float(1 << random.index(below: 20)) }
  }

  private static func sum(
    _ tree: FixedTree, _ values: [Float], parts: [Range<Int>], whole: Range<Int>, at place: Int = 0
  ) -> Float {
    var sums = parts.map { part in
      part.count == 1
        ? values[part.lowerBound]
        : sum(tree, values, parts: part.map { $0..<$0 + 1 }, whole: part)
    }
    for addition in tree.additions(of: parts, into: whole, at: place) {
      sums[addition.into] += sums[addition.from]
    }
    return sums[place]
  }

  @Test func `However a tree is cut into runs, and wherever it is summed, the sum is the same bits`() {
    for count in 1...24 {
      let tree = FixedTree(count: count)
      let values = Self.values(count)
      let whole = Self.sum(tree, values, parts: (0..<count).map { $0..<$0 + 1 }, whole: 0..<count)
      for ranks in 1...count + 2 {
        let plan = RankPlan(shards: ShardPlan(count: count), ranks: ranks)
        let parts = plan.runs.flatMap { tree.subtrees(within: $0) }
        #expect(parts.flatMap(Array.init) == Array(0..<count))
        for place in parts.indices {
          let sum = Self.sum(tree, values, parts: parts, whole: 0..<count, at: place)
          #expect(sum.bitPattern == whole.bitPattern, "\(count) shards on \(ranks) ranks, at \(place)")
        }
      }
    }
  }

  @Test func `Neighbours are added first`() {
    let leaves = (0..<5).map { $0..<$0 + 1 }
    let additions = FixedTree(count: 5).additions(of: leaves, into: 0..<5).map { [$0.into, $0.from] }
    #expect(additions == [[0, 1], [2, 3], [0, 2], [0, 4]])
    #expect(FixedTree(count: 8).subtrees(within: 1..<6) == [1..<2, 2..<4, 4..<6])
  }
}
