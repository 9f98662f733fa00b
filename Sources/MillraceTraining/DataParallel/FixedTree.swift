/// The tree that says in which order the shards of a minibatch are added up.
///
/// Neighbours are added pairwise, then pairs of pairs, and so on: the shape of the tree follows from the number of
/// shards. Floating-point addition is not associative; a fixed tree makes a sum the same bits wherever its parts are
/// computed, and its rounding error grows with the depth, not with the number of shards.
package struct FixedTree: Sendable, Hashable {
  /// The number of leaves, at least 1.
  package let count: Int

  /// Adds one partial sum to another: `sums[into] += sums[from]`.
  struct Addition: Sendable, Hashable {
    let into: Int
    let from: Int
  }

  /// The largest subtrees whose leaves are all within a run: what their owner can add up alone.
  ///
  /// - Parameter run: Leaves, contiguous.
  /// - Returns: The leaves of each subtree, in order. One for the whole tree, none for an empty run.
  func subtrees(within run: Range<Int>) -> [Range<Int>] {
    var found: [Range<Int>] = []
    func visit(_ leaves: Range<Int>) {
      if leaves.clamped(to: run).isEmpty { return }
      if leaves.clamped(to: run) == leaves {
        found.append(leaves)
      } else {
        let halves = Self.halves(of: leaves)
        visit(halves.left)
        visit(halves.right)
      }
    }
    visit(0..<count)
    return found
  }

  /// The additions that leave the sum of subtrees in one of them.
  ///
  /// To add a to b gives the same bits as to add b to a, so it may be any.
  ///
  /// - Parameters:
  ///   - parts: Subtrees, in order and without gaps; numbers in the result count them.
  ///   - whole: The subtree that they make up.
  ///   - place: The number of the part that becomes the sum.
  func additions(of parts: [Range<Int>], into whole: Range<Int>, at place: Int = 0) -> [Addition] {
    var additions: [Addition] = []
    func visit(_ leaves: Range<Int>) -> Int {
      if let part = parts.firstIndex(of: leaves) { return part }
      precondition(leaves.count > 1, "leaf \(leaves.lowerBound) is in none of \(parts)")
      let halves = Self.halves(of: leaves)
      let (left, right) = (visit(halves.left), visit(halves.right))
      let (into, from) = right == place ? (right, left) : (left, right)
      additions.append(Addition(into: into, from: from))
      return into
    }
    _ = visit(whole)
    return additions
  }

  /// The two subtrees of one with more than one leaf, parted after the largest power of two that leaves something.
  static func halves(of leaves: Range<Int>) -> (left: Range<Int>, right: Range<Int>) {
    var half = 1
    while half * 2 < leaves.count { half *= 2 }
    let middle = leaves.lowerBound + half
    return (leaves.lowerBound..<middle, middle..<leaves.upperBound)
  }
}
