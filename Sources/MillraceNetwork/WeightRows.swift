/// Some rows of a weight matrix, which take part in one matrix product forward and whose gradient is one backward.
///
/// The cut follows from the matrix alone. So the products are the same, and their bits, whether one thread computes all
/// of them for a shard or each thread some for all shards.
package struct WeightRows: Sendable, Hashable {
  /// The layer that the matrix belongs to.
  package let layer: Int
  /// The matrix's number among those of the layer.
  package let matrix: Int
  /// Its number among ``Network/parameters``.
  package let parameter: Int
  /// Whether the products need nothing but the network's inputs, so that anybody can compute them before a pass begins.
  package let isAhead: Bool
  /// The rows: units of the layer.
  package let units: Range<Int>
  /// Their elements of the network's flat parameter vector.
  package let elements: Range<Int>

  /// The elements of a row.
  package var inputs: Int { elements.count / units.count }

  /// Runs of neighbouring columns: the gradient is one product for each.
  package let tiles: [Range<Int>]

  /// The columns of neighbouring tiles, at least one.
  package func columns(of tiles: Range<Int>) -> Range<Int> {
    self.tiles[tiles.lowerBound].lowerBound..<self.tiles[tiles.upperBound - 1].upperBound
  }

  /// The least columns of a wide matrix's tile. A tile's gradients are added up and used while they are near; but each
  /// product reads the outputs' gradient again.
  static let narrowest = 1024

  /// The most rows of a product. Each product takes the input apart again: with fewer rows that would weigh more, with more
  /// there would be too few products to share out.
  static let most = 256

  /// Cuts a matrix, (units, inputs), into parts of about the same size.
  ///
  /// - Parameters:
  ///   - tensor: The matrix.
  ///   - parameter: Its number among ``Network/parameters``.
  ///   - matrix: Its number among those of the layer.
  static func cut(_ tensor: NetworkParameter, parameter: Int, matrix: Int) -> [WeightRows] {
    let (units, inputs) = (tensor.description.shape[0], tensor.description.rowLength)
    let isAhead = tensor.layer == 0 && tensor.isMatrix && tensor.description.matrix?.operand == .input
    let count = (units + most - 1) / most
    let tileCount = max(1, inputs / narrowest)
    // Multiples of what a vector instruction takes.
    let bounds = (0..<tileCount).map { $0 * inputs / tileCount / 16 * 16 } + [inputs]
    let tiles = zip(bounds, bounds.dropFirst()).map { $0..<$1 }
    return (0..<count).map { part in
      let rows = part * units / count..<(part + 1) * units / count
      let start = tensor.range.lowerBound
      return WeightRows(
        layer: tensor.layer, matrix: matrix, parameter: parameter, isAhead: isAhead, units: rows,
        elements: start + rows.lowerBound * inputs..<start + rows.upperBound * inputs, tiles: tiles)
    }
  }
}
