import MillraceNetwork

/// Where one worker sums the gradients of its rows of the weight matrices over the shards.
///
/// Walking the ``FixedTree`` from left to right takes one vector for each of its levels, and all rows take the same ones
/// in turn. What has just been written is soon read and then written over, so that it has a better chance to stay in cache
/// than a vector for each shard. A step that must know the norm first keeps a copy of the sums.
final class RowGradients {
  private let tree: FixedTree
  /// Comes first: what else is added up may still be on its way.
  private let first: Range<Int>
  /// One for each level.
  private let vectors: [FlatVector]

  /// - Parameters:
  ///   - tree: That of the shards.
  ///   - first: The shards that are there first.
  ///   - capacity: The most elements of one run of rows.
  init(tree: FixedTree, first: Range<Int>, capacity: Int) {
    self.tree = tree
    self.first = first
    var levels = 1
    while 1 << (levels - 1) < tree.count { levels += 1 }
    vectors = (0..<levels).map { _ in FlatVector(count: capacity) }
  }

  /// The additions that ``write(_:by:)`` leaves: the last one, so that whoever uses the sum adds it up piece by piece.
  func reduction(of rows: WeightRows) -> FixedTreeReduction {
    let whole = 0..<tree.count
    guard whole.count > 1 else { return FixedTreeReduction([base(of: 0, rows)], of: [whole], in: tree) }
    let halves = FixedTree.halves(of: whole)
    return FixedTreeReduction(
      [base(of: 0, rows), base(of: 1, rows)], of: [halves.left, halves.right], in: tree)
  }

  /// Computes the gradients of some rows and adds them up but for the last addition.
  func write(_ rows: WeightRows, by engine: ShardEngine) throws {
    let whole = 0..<tree.count
    guard whole.count > 1 else { return try sum(whole, of: rows, level: 0, by: engine) }
    for (level, half) in inTurn(FixedTree.halves(of: whole)).enumerated() {
      try sum(half, of: rows, level: level, by: engine)
    }
  }

  /// Two subtrees, in the order in which they are computed. Which is added to which makes no difference to the bits.
  private func inTurn(_ halves: (left: Range<Int>, right: Range<Int>)) -> [Range<Int>] {
    let isRightFirst = !halves.left.overlaps(first) && halves.right.overlaps(first)
    return isRightFirst ? [halves.right, halves.left] : [halves.left, halves.right]
  }

  /// Leaves the sum of a subtree in its level's vector.
  private func sum(_ leaves: Range<Int>, of rows: WeightRows, level: Int, by engine: ShardEngine) throws {
    guard leaves.count > 1 else {
      return try engine.writeWeightGradient(rows, of: leaves.lowerBound, into: base(of: level, rows))
    }
    for (more, half) in inTurn(FixedTree.halves(of: leaves)).enumerated() {
      try sum(half, of: rows, level: level + more, by: engine)
    }
    let (left, right) = (vectors[level].base, vectors[level + 1].base)
    for i in 0..<rows.elements.count { left[i] += right[i] }
  }

  /// Where the network's first parameter would have its place, if the vector were as long as the network's.
  private func base(of level: Int, _ rows: WeightRows) -> UnsafeMutablePointer<Float> {
    vectors[level].base - rows.elements.lowerBound
  }
}
