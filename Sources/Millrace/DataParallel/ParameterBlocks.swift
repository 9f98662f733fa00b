import MillraceNetwork

/// The flat parameter vector cut into blocks that are summed and stepped one at a time.
///
/// The cut depends on the network alone. A block holds whole rows of one tensor, because a unit's incoming weights
/// are a row and its norm must be known to one worker. Workers own contiguous runs of blocks; whatever is added
/// up block by block is therefore the same bits for any number of them.
struct ParameterBlocks {
  /// A block.
  struct Block {
    /// What training does with its tensor.
    let role: ParameterDescription.Role
    /// Its elements of the flat vector.
    let elements: Range<Int>
    /// The elements of a row.
    let columns: Int
  }

  /// All blocks, in order and without gaps.
  let blocks: [Block]

  /// Elements that a block should have: parameters, velocity and two shards of as many fit a 32 KB cache.
  static let wanted = 2048

  init(network: Network) {
    blocks = network.parameters.flatMap { tensor -> [Block] in
      let shape = tensor.description.shape
      let columns = shape.count > 1 ? shape[1] : 1
      let step = columns * max(1, Self.wanted / columns)
      return stride(from: tensor.range.lowerBound, to: tensor.range.upperBound, by: step).map { start in
        Block(
          role: tensor.description.role, elements: start..<min(start + step, tensor.range.upperBound),
          columns: columns)
      }
    }
  }

  /// The blocks of each worker: about the same number of elements.
  func slices(workers: Int) -> [Range<Int>] {
    let total = blocks.last?.elements.upperBound ?? 0
    var bounds = [0]
    for worker in 1..<max(1, workers) {
      let target = total * worker / workers
      bounds.append(blocks.firstIndex { $0.elements.lowerBound >= target } ?? blocks.count)
    }
    bounds.append(blocks.count)
    return zip(bounds, bounds.dropFirst()).map { $0..<$1 }
  }
}
