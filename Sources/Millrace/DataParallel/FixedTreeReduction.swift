/// Sums vectors over parts of a ``FixedTree``, slice by slice.
struct FixedTreeReduction {
  /// The first element of each part's vector; the sum replaces the first part's values, the others are scratch.
  private let parts: [UnsafeMutablePointer<Float>]
  private let additions: [FixedTree.Addition]

  /// - Parameters:
  ///   - vectors: The first element of each part's vector, in the order of the parts.
  ///   - parts: Subtrees, in order and without gaps.
  ///   - whole: The subtree that they make up; nil: the whole tree.
  ///   - tree: The tree.
  init(
    _ vectors: [UnsafeMutablePointer<Float>], of parts: [Range<Int>], into whole: Range<Int>? = nil,
    in tree: FixedTree
  ) {
    precondition(vectors.count == parts.count && !parts.isEmpty, "each part needs a vector")
    self.parts = vectors
    additions = tree.additions(of: parts, into: whole ?? 0..<tree.count)
  }

  /// Where the sum is found.
  var sum: UnsafeMutablePointer<Float> { parts[0] }

  /// Sums a slice.
  ///
  /// Meant for slices that fit the first-level cache, so that what follows finds the sum there.
  func sum(_ slice: Range<Int>) {
    for addition in additions {
      add(parts[addition.from] + slice.lowerBound, to: parts[addition.into] + slice.lowerBound, slice.count)
    }
  }

  @inline(__always)
  private func add(_ more: UnsafeMutablePointer<Float>, to sum: UnsafeMutablePointer<Float>, _ count: Int) {
    for i in 0..<count { sum[i] += more[i] }
  }
}
