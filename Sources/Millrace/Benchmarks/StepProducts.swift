import MillraceNetwork
import MillraceThreads

/// The matrix products of a training step and nothing else: of the same shapes, by the same threads, on memory of the
/// same size. How fast they are says what BLAS leaves a step to reach.
final class StepProducts {
  /// A layer's weights, by the place of their gradients in a shard's vector.
  private struct Layer {
    let inputs: Int
    let outputs: Int
    let offset: Int
    let isFirst: Bool
  }

  private let layers: [Layer]
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
    self.plan = plan
    self.batchSize = batchSize
    self.team = team
    let count = network.parameterCount
    let rows = plan.capacity(for: batchSize)
    let widest = layers.reduce(1) { max($0, $1.inputs, $1.outputs) }
    self.widest = widest
    weights = FlatVector([Float](repeating: 0.01, count: count))
    gradients = (0..<plan.count).map { _ in FlatVector([Float](repeating: 0, count: count)) }
    activations = (0..<plan.count).map { _ in FlatVector([Float](repeating: 0.5, count: 3 * rows * widest)) }
  }

  /// Computes the products of one step.
  func run() throws {
    try team.run { [self] worker in
      for shard in worker * plan.count / team.count..<(worker + 1) * plan.count / team.count { run(shard) }
    }
  }

  private func run(_ shard: Int) {
    let rows = plan.rows(of: shard, in: batchSize).count
    let room = plan.capacity(for: batchSize) * widest
    func activation(_ place: Int, _ columns: Int) -> Matrix {
      Matrix(base: activations[shard].base + place * room, rows: rows, columns: columns)
    }
    func weight(_ vector: FlatVector, _ layer: Layer) -> Matrix {
      Matrix(base: vector.base + layer.offset, rows: layer.outputs, columns: layer.inputs)
    }
    for layer in layers {
      MatrixKernel.blas.multiply(
        activation(0, layer.inputs), transposed: weight(weights, layer), into: activation(1, layer.outputs))
    }
    for layer in layers.reversed() {
      MatrixKernel.blas.multiply(
        transposed: activation(1, layer.outputs), activation(0, layer.inputs),
        into: weight(gradients[shard], layer))
      if !layer.isFirst {
        MatrixKernel.blas.multiply(
          activation(1, layer.outputs), weight(weights, layer), into: activation(2, layer.inputs))
      }
    }
  }
}
