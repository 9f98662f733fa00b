/// Sums vectors over parts of a ``FixedTree``, slice by slice.
struct FixedTreeReduction {
  /// The first element of each part's vector; the sum replaces the values of one, the others are scratch.
  private let parts: [UnsafeMutablePointer<Float>]
  private let place: Int
  private let additions: [FixedTree.Addition]

  /// - Parameters:
  ///   - vectors: The first element of each part's vector, in the order of the parts.
  ///   - parts: Subtrees, in order and without gaps.
  ///   - whole: The subtree that they make up; nil: the whole tree.
  ///   - tree: The tree.
  ///   - place: The number of the part whose vector becomes the sum.
  init(
    _ vectors: [UnsafeMutablePointer<Float>], of parts: [Range<Int>], into whole: Range<Int>? = nil,
    in tree: FixedTree, at place: Int = 0
  ) {
    precondition(vectors.count == parts.count && vectors.indices.contains(place), "each part needs a vector")
    self.parts = vectors
    self.place = place
    additions = tree.additions(of: parts, into: whole ?? 0..<tree.count, at: place)
  }

  /// Where the sum is found.
  var sum: UnsafeMutablePointer<Float> { parts[place] }

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
