import MillraceNetwork

/// Which rank has which units of the first layer, where ranks share the rows of its matrix as workers do:
/// each rank multiplies its own rows with the inputs of all shards, computes their gradient and steps them.
///
/// Inputs and activations travel instead of gradients and parameters: those of a minibatch are small beside a
/// large weight matrix.
///
/// Source of the idea: Krizhevsky, "One weird trick for parallelizing convolutional neural networks", 2014,
/// where the fully connected layers are divided in this way.
struct RowPlan {
  /// The first product of the matrix.
  let rows: WeightRows
  /// Each rank's rows with their blocks, which are neighbours.
  let portions: [[ParameterBlocks.Portion]]
  /// The units of each rank.
  let units: [Range<Int>]
  /// Each rank's blocks of ``ParameterBlocks`` and their elements of the flat vector.
  let bucket: GradientBucket

  /// Decides from facts that are the same on every rank; nil where exchanging gradients is better.
  ///
  /// - Parameters:
  ///   - network: The network.
  ///   - blocks: The network's parameters.
  ///   - capacity: The largest number of rows in a minibatch.
  ///   - ranks: The number of ranks.
  ///   - workers: The largest number of workers of a rank. All workers should have about the same number of
  ///     rows.
  init?(network: Network, blocks: ParameterBlocks, capacity: Int, ranks: Int, workers: Int) {
    // The matrix whose products need only the inputs. Where there are several, none of them is better than
    // the others.
    let first = blocks.portions.filter { $0.weights?.isAhead == true }
    guard let rows = first.first?.weights, first.allSatisfy({ $0.weights?.parameter == rows.parameter }),
      let units = first.last?.weights?.units.upperBound, first.count >= ranks * workers
    else { return nil }
    self.rows = rows
    let total = first.reduce(0) { $0 + $1.count }
    func run(_ index: Int, of count: Int) -> ArraySlice<ParameterBlocks.Portion> {
      first[index * first.count / count..<(index + 1) * first.count / count]
    }
    let workers = ranks * workers
    guard ParameterBlocks.Shares((0..<workers).map { run($0, of: workers) }).isEven else { return nil }
    // Each rank receives (R − 1)/R of these: inputs, products and gradients of units; or gradients of
    // weights, and weights.
    let (shared, exchanged) = (capacity * (network.inputCount + 2 * units / ranks), 2 * total)
    // The first kind makes one more trip, but more of it is hidden behind computing.
    guard shared <= exchanged else { return nil }

    portions = (0..<ranks).map { Array(run($0, of: ranks)) }
    // Each rank has at least one unit.
    self.units = portions.map { portions in
      (portions.first?.weights?.units.lowerBound ?? 0)..<(portions.last?.weights?.units.upperBound ?? 0)
    }
    let runs = portions.map { portions in
      (portions.first?.blocks.lowerBound ?? 0)..<(portions.last?.blocks.upperBound ?? 0)
    }
    bucket = GradientBucket(runs, of: blocks)
  }

  /// The number of elements of the flat vector that are shared in this way: they come first in the vector.
  var count: Int { bucket.elements.last?.upperBound ?? 0 }

  /// A rank's rows for each of its workers.
  func portions(of rank: Int, workers: Int) -> [[ParameterBlocks.Portion]] {
    let own = portions[rank]
    return (0..<workers).map { Array(own[$0 * own.count / workers..<($0 + 1) * own.count / workers]) }
  }
}
