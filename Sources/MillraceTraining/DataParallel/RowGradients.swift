import MillraceNetwork
import MillraceShards

/// Where one worker sums the gradients of its rows of the weight matrices over the shards, some tiles at a time.
///
/// Walking the ``FixedTree`` takes one vector for each of its levels, and all tiles take the same ones in turn: what has
/// just been written is read while it is in cache, and then written over. A step that must know the norm first keeps a
/// copy of the sums.
final class RowGradients {
  /// The additions that ``write(_:tiles:product:)`` leaves: the last one, so that whoever uses the sum adds it up piece by
  /// piece. The elements of the tiles are counted from 0, one row after another.
  let reduction: FixedTreeReduction
  private let tree: FixedTree
  /// Comes first: what else is added up may still be on its way.
  private let first: Range<Int>
  /// One for each level.
  private let vectors: [FlatVector]

  /// - Parameters:
  ///   - tree: That of the shards.
  ///   - first: The shards that are there first.
  ///   - capacity: The most elements of tiles that are written at once.
  init(tree: FixedTree, first: Range<Int>, capacity: Int) {
    self.tree = tree
    self.first = first
    let whole = 0..<tree.count
    var levels = 1
    while 1 << (levels - 1) < tree.count { levels += 1 }
    vectors = (0..<levels).map { _ in FlatVector(count: capacity) }
    let halves = tree.count > 1 ? FixedTree.halves(of: whole) : (left: whole, right: whole)
    let leaves = tree.count > 1 ? [halves.left, halves.right] : [whole]
    reduction = FixedTreeReduction(
      zip(leaves, vectors).map { FixedTreeReduction.Operand(leaves: $0, memory: $1.base) }, into: whole,
      in: tree)
  }

  /// The bytes that are held.
  var byteCount: Int { vectors.reduce(0) { $0 + $1.byteCount } }

  /// Computes the gradients of some rows and adds them up but for the last addition.
  ///
  /// - Parameters:
  ///   - rows: The rows.
  ///   - tiles: Neighbours among their tiles.
  ///   - product: Writes a shard's gradient, (the rows, the columns of these tiles).
  func write(
    _ rows: WeightRows, tiles: Range<Int>, product: (_ shard: Int, _ gradient: Matrix) throws -> Void
  ) rethrows {
    let whole = 0..<tree.count
    guard whole.count > 1 else { return try sum(whole, of: rows, tiles, level: 0, product) }
    let halves = inTurn(FixedTree.halves(of: whole))
    try sum(halves.0, of: rows, tiles, level: 0, product)
    try sum(halves.1, of: rows, tiles, level: 1, product)
  }

  /// Two subtrees, in the order in which they are computed. Which is added to which makes no difference to the bits.
  private func inTurn(_ halves: (left: Range<Int>, right: Range<Int>)) -> (Range<Int>, Range<Int>) {
    let isRightFirst = !halves.left.overlaps(first) && halves.right.overlaps(first)
    return isRightFirst ? (halves.right, halves.left) : (halves.left, halves.right)
  }

  /// Leaves the sum of a subtree in its level's vector.
  private func sum(
    _ leaves: Range<Int>, of rows: WeightRows, _ tiles: Range<Int>, level: Int,
    _ product: (_ shard: Int, _ gradient: Matrix) throws -> Void
  ) rethrows {
    let columns = rows.columns(of: tiles).count
    guard leaves.count > 1 else {
      return try product(
        leaves.lowerBound, Matrix(base: vectors[level].base, rows: rows.units.count, columns: columns))
    }
    let halves = inTurn(FixedTree.halves(of: leaves))
    try sum(halves.0, of: rows, tiles, level: level, product)
    try sum(halves.1, of: rows, tiles, level: level + 1, product)
    let (left, right) = (vectors[level].base, vectors[level + 1].base)
    for i in 0..<rows.units.count * columns { left[i] += right[i] }
  }
}

extension WeightRows {
  /// Visits some tiles in pieces that fit the first-level cache.
  ///
  /// - Parameters:
  ///   - tiles: Neighbours.
  ///   - body: Gets a piece's elements of the flat vector, and how many elements of the tiles come before it.
  func forEachPiece(of tiles: Range<Int>, _ body: (_ elements: Range<Int>, _ start: Int) -> Void) {
    let columns = self.columns(of: tiles)
    let width = elements.count / units.count
    // Whole rows follow each other without gaps.
    let (lines, length) = columns.count == width ? (1, elements.count) : (units.count, columns.count)
    for line in 0..<lines {
      var place = 0
      while place < length {
        let count = min(ParameterBlocks.wanted, length - place)
        let element = elements.lowerBound + line * width + columns.lowerBound + place
        body(element..<element + count, line * length + place)
        place += count
      }
    }
  }
}
