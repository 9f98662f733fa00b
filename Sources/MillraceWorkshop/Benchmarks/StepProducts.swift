import MillraceNetwork
import MillracePipeline
import MillraceShards
import MillraceThreads
import MillraceTraining
import MillraceVectors

/// The matrix products of a training step and nothing else: those of the step's own program, on the same threads,
/// in memory of the same size. Their speed says how fast a step could be.
///
/// - Note: `@unchecked Sendable` holds for the same reasons as that of ``StepMachine``, whose programs and memory
///   these are.
final class StepProducts: @unchecked Sendable {
  private let placement: Placement
  private let network: Network
  private let program: LoadedProgram
  private let minibatch: Minibatch
  private let team: WorkerTeam
  private let weights: FlatVector
  /// For each shard, the gradients that the step holds there.
  private let gradients: [FlatVector]
  /// Each worker's gradients of some rows: for one shard and for another.
  private let rowGradients: [[FlatVector]]
  /// For each shard, memory for the widest activations, three times.
  private let activations: [FlatVector]
  private let widest: Int

  /// Allocates all memory.
  ///
  /// - Parameters:
  ///   - network: The network.
  ///   - minibatch: The inputs.
  ///   - plan: How the minibatch is cut.
  ///   - team: The workers that compute.
  init(_ network: Network, _ minibatch: Minibatch, plan: ShardPlan, team: WorkerTeam) {
    self.network = network
    self.minibatch = minibatch
    self.team = team
    let placement = Placement(
      StepLayout(network: network, shards: plan), capacity: minibatch.count, rank: 0, ranks: 1,
      workers: team.count, mostWorkers: team.count)
    self.placement = placement
    program = LoadedProgram(
      ProgramBuilder.program(placement, StepProgram.Kind(measuresNorm: false, isOfParts: false)))
    let widest = RowStride.of(columns: network.layers.map(\.outputCount).max() ?? 1)
    self.widest = widest
    weights = FlatVector([Float](repeating: 0.01, count: network.parameterCount))
    gradients = (0..<plan.count).map { _ in FlatVector(count: placement.vectorCount) }
    rowGradients = (0..<team.count).map { worker in
      let capacities = placement.turns.flatMap { $0.pieces[worker] }.map(placement.mostProducts)
      return (0..<2).map { _ in FlatVector(count: capacities.max() ?? 0) }
    }
    let rows = plan.capacity(for: minibatch.count)
    activations = (0..<plan.count).map { _ in
      FlatVector([Float](repeating: 0.5, count: 3 * rows * widest))
    }
  }

  /// Computes the products of one step.
  func run() throws {
    program.begin()
    try team.run { [self] worker in
      for operation in program.workers[worker] { try perform(operation, worker) }
    }
  }

  private func perform(_ operation: StepOperation, _ worker: Int) throws {
    switch operation {
    case .meet: try team.barrier()
    case .claim(let queue):
      while let task = program.claim(queue) {
        for operation in task { try perform(operation, worker) }
      }
    case .multiply(let rows, let shard): writeProduct(network.weightRows[rows], shard)
    case .forward(let shard, stage: 0):
      for rows in network.weightRows where !rows.isAhead { writeProduct(rows, shard) }
    case .backward(let shard, let layer) where layer > network.firstStepped:
      writeInputGradient(ofLayer: layer, shard)
    case .writeGradient(let number, let shard):
      let rows = network.weightRows[number]
      let gradient = Matrix(
        base: gradients[shard].base + placement.placesOfRows[number], rows: rows.units.count,
        columns: rows.inputs)
      for tile in rows.tiles { writeGradient(rows, tile, shard, into: gradient.slice(columns: tile)) }
    case .addProducts(let piece, let run):
      guard case .products(let number, let runs) = placement.pieces[piece].route else { return }
      let rows = network.weightRows[number]
      for tile in rows.tiles[runs[run]] {
        for shard in 0..<placement.layout.shards.count {
          let gradient = Matrix(
            base: rowGradients[worker][shard % 2].base, rows: rows.units.count, columns: tile.count)
          writeGradient(rows, tile, shard, into: gradient)
        }
      }
    default: return
    }
  }

  /// The outputs of some rows of a weight matrix.
  private func writeProduct(_ rows: WeightRows, _ shard: Int) {
    let input = input(of: rows, shard)
    network.kernel.multiply(
      Matrix(base: weights.base + rows.elements.lowerBound, rows: rows.units.count, columns: input.columns),
      transposed: input,
      into: Matrix(
        base: output(ofLayer: rows.layer, shard).base + rows.units.lowerBound * input.rows,
        rows: rows.units.count, columns: input.rows))
  }

  /// The gradient of a layer's inputs.
  private func writeInputGradient(ofLayer layer: Int, _ shard: Int) {
    let numbers = placement.layout.rowsOfLayer[layer]
    guard let first = numbers.first else { return }
    let rows = network.weightRows[first]
    let columns = rows.inputs
    let matrix = Matrix(
      base: weights.base + rows.elements.lowerBound, rows: network.layers[layer].outputCount, columns: columns
    )
    network.kernel.multiply(
      output(ofLayer: layer, shard), matrix, into: activation(2, columns, shard))
  }

  /// The gradient of some rows and columns of a weight matrix.
  private func writeGradient(_ rows: WeightRows, _ columns: Range<Int>, _ shard: Int, into gradient: Matrix) {
    network.kernel.multiply(
      transposed: output(ofLayer: rows.layer, shard), columns: rows.units,
      input(of: rows, shard).slice(columns: columns), into: gradient)
  }

  private func rows(of shard: Int) -> Range<Int> {
    placement.layout.shards.rows(of: shard, in: minibatch.count)
  }

  private func input(of rows: WeightRows, _ shard: Int) -> Matrix {
    guard rows.layer == 0 else { return activation(0, rows.inputs, shard) }
    let samples = self.rows(of: shard)
    return Matrix(
      base: minibatch.features(ofRow: samples.lowerBound), rows: samples.count,
      columns: minibatch.featureCount, stride: minibatch.featureStride)
  }

  private func output(ofLayer layer: Int, _ shard: Int) -> Matrix {
    activation(1, network.layers[layer].outputCount, shard)
  }

  private func activation(_ place: Int, _ columns: Int, _ shard: Int) -> Matrix {
    Matrix(
      base: activations[shard].base + place * placement.layout.shards.capacity(for: minibatch.count) * widest,
      rows: rows(of: shard).count, columns: columns, stride: RowStride.of(columns: columns))
  }
}
