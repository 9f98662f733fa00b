/// Sums vectors over parts of a ``FixedTree``, slice by slice.
struct FixedTreeReduction {
  /// What is added up: a vector that holds the sum of a subtree.
  struct Operand {
    /// The subtree.
    let leaves: Range<Int>
    /// The vector; the sum replaces the values of one, the others are scratch.
    let memory: UnsafeMutablePointer<Float>
    /// The place of its first element among those that slices name.
    var start = 0
  }

  private let operands: [Operand]
  private let place: Int
  private let additions: [FixedTree.Addition]

  /// - Parameters:
  ///   - operands: In order and without gaps.
  ///   - whole: The subtree that they make up.
  ///   - tree: The tree.
  ///   - place: The number of the operand whose vector becomes the sum.
  init(_ operands: [Operand], into whole: Range<Int>, in tree: FixedTree, at place: Int = 0) {
    precondition(operands.indices.contains(place), "a sum needs operand \(place), got \(operands.count)")
    self.operands = operands
    self.place = place
    additions = tree.additions(of: operands.map(\.leaves), into: whole, at: place)
  }

  /// Where the sum is found from a place on.
  func sum(at start: Int) -> UnsafeMutablePointer<Float> { address(place, start) }

  /// Sums a slice.
  ///
  /// Meant for slices that fit the first-level cache, so that what follows finds the sum there.
  func sum(_ slice: Range<Int>) {
    for addition in additions {
      add(
        address(addition.from, slice.lowerBound), to: address(addition.into, slice.lowerBound), slice.count)
    }
  }

  private func address(_ operand: Int, _ start: Int) -> UnsafeMutablePointer<Float> {
    operands[operand].memory + (start - operands[operand].start)
  }

  @inline(__always)
  private func add(_ more: UnsafeMutablePointer<Float>, to sum: UnsafeMutablePointer<Float>, _ count: Int) {
    for i in 0..<count { sum[i] += more[i] }
  }
}
