import MillraceMemory
import MillraceNetwork
import MillraceThreads

/// The matrix products of a training step and nothing else: of the same shapes, by the same threads, on memory of the
/// same size. How fast they are says what products leave a step to reach.
final class StepProducts {
  /// A layer's weights, by the place of their gradients in a shard's vector.
  private struct Layer {
    let inputs: Int
    let outputs: Int
    let offset: Int
    let isFirst: Bool
  }

  private let layers: [Layer]
  private let layerOutputs: [Int]
  private let weightRows: [WeightRows]
  /// Each worker's, where they share them.
  private let ownRows: [[WeightRows]]?
  /// Each worker's gradients of some rows, where they share them: of one shard and another.
  private let rowGradients: [[FlatVector]]
  private let plan: ShardPlan
  private let batchSize: Int
  private let team: WorkerTeam
  private let weights: FlatVector
  private let gradients: [FlatVector]
  /// By shard: the widest activations, twice, and the inputs.
  private let activations: [FlatVector]
  private let widest: Int

  /// Allocates everything.
  init(_ network: Network, batchSize: Int, plan: ShardPlan, team: WorkerTeam) {
    layers = network.parameters.filter { $0.description.shape.count == 2 }.map { tensor in
      Layer(
        inputs: tensor.description.shape[1], outputs: tensor.description.shape[0],
        offset: tensor.range.lowerBound, isFirst: tensor.layer == 0)
    }
    layerOutputs = network.layers.map(\.outputCount)
    let blocks = ParameterBlocks(network: network)
    let portions = blocks.portionsByRows(workers: team.count)
    ownRows =
      blocks.sharesRows(workers: team.count, shards: plan.count)
      ? portions.map { $0.compactMap(\.weights) } : nil
    rowGradients = portions.map { own in
      let capacities = own.compactMap(\.weights).flatMap { rows in
        rows.tiles.map { rows.units.count * $0.count }
      }
      return (0..<2).map { _ in FlatVector(count: capacities.max() ?? 0) }
    }
    weightRows = network.weightRows
    self.plan = plan
    self.batchSize = batchSize
    self.team = team
    let count = network.parameterCount
    let rows = plan.capacity(for: batchSize)
    let widest = RowStride.of(columns: layers.reduce(1) { max($0, $1.inputs, $1.outputs) })
    self.widest = widest
    weights = FlatVector([Float](repeating: 0.01, count: count))
    gradients = (0..<plan.count).map { _ in FlatVector([Float](repeating: 0, count: count)) }
    activations = (0..<plan.count).map { _ in FlatVector([Float](repeating: 0.5, count: 3 * rows * widest)) }
  }

  /// Computes the products of one step.
  func run() throws {
    try team.run { [self] worker in
      for rows in ownRows?[worker] ?? [] where rows.layer == 0 {
        for shard in 0..<plan.count { writeProduct(rows, shard) }
      }
      try team.barrier()
      for shard in worker * plan.count / team.count..<(worker + 1) * plan.count / team.count {
        pass(shard)
        guard ownRows == nil else { continue }
        for rows in weightRows {
          for tile in rows.tiles {
            writeGradient(
              rows, tile, shard, into: gradients[shard].base + rows.elements.lowerBound + tile.lowerBound,
              stride: rows.elements.count / rows.units.count)
          }
        }
      }
      try team.barrier()
      for rows in ownRows?[worker] ?? [] {
        for tile in rows.tiles {
          for shard in 0..<plan.count {
            writeGradient(
              rows, tile, shard, into: rowGradients[worker][shard % 2].base, stride: tile.count)
          }
        }
      }
    }
  }

  /// The outputs and the gradients of the inputs.
  private func pass(_ shard: Int) {
    for rows in weightRows where ownRows == nil || rows.layer > 0 { writeProduct(rows, shard) }
    for layer in layers.reversed() where !layer.isFirst {
      MatrixKernel.fast.multiply(
        activation(1, layer.outputs, shard), weights(layer), into: activation(2, layer.inputs, shard))
    }
  }

  /// The outputs of some rows of a weight matrix.
  private func writeProduct(_ rows: WeightRows, _ shard: Int) {
    let input = activation(0, rows.elements.count / rows.units.count, shard)
    MatrixKernel.fast.multiply(
      Matrix(base: weights.base + rows.elements.lowerBound, rows: rows.units.count, columns: input.columns),
      transposed: input,
      into: Matrix(
        base: activation(1, layerOutputs[rows.layer], shard).base + rows.units.lowerBound * input.rows,
        rows: rows.units.count, columns: input.rows))
  }

  /// The gradient of some rows and columns of a weight matrix.
  private func writeGradient(
    _ rows: WeightRows, _ columns: Range<Int>, _ shard: Int, into gradient: UnsafeMutablePointer<Float>,
    stride: Int
  ) {
    let inputs = rows.elements.count / rows.units.count
    MatrixKernel.fast.multiply(
      transposed: activation(1, layerOutputs[rows.layer], shard), columns: rows.units,
      activation(0, inputs, shard).slice(columns: columns),
      into: Matrix(base: gradient, rows: rows.units.count, columns: columns.count, stride: stride))
  }

  private func activation(_ place: Int, _ columns: Int, _ shard: Int) -> Matrix {
    Matrix(
      base: activations[shard].base + place * plan.capacity(for: batchSize) * widest,
      rows: plan.rows(of: shard, in: batchSize).count, columns: columns,
      stride: RowStride.of(columns: columns))
  }

  private func weights(_ layer: Layer) -> Matrix {
    Matrix(base: weights.base + layer.offset, rows: layer.outputs, columns: layer.inputs)
  }
}
