import MillraceNetwork

/// Which rank has which units of the first layer, where ranks share the rows of its matrix as workers do: each alone multiplies its
/// rows with the inputs of all shards, computes their gradient and steps them.
///
/// Inputs and activations cross instead of gradients and parameters. A minibatch of them is small beside a large weight
/// matrix.
///
/// Source of the idea: Krizhevsky, "One weird trick for parallelizing convolutional neural networks", 2014, whose fully
/// connected layers are spread like this.
struct RowPlan {
  /// The first of the matrix's rows.
  let rows: WeightRows
  /// Each rank's rows and their blocks: a contiguous run.
  let portions: [[ParameterBlocks.Portion]]
  /// The units of each rank.
  let units: [Range<Int>]
  /// Each rank's blocks of ``ParameterBlocks`` and their elements of the flat vector.
  let bucket: GradientBucket

  /// Decides, from what is the same on every rank; nil where ranks better exchange gradients.
  ///
  /// - Parameters:
  ///   - network: The network.
  ///   - blocks: Its parameters.
  ///   - capacity: The most rows of a minibatch.
  ///   - ranks: How many there are.
  ///   - workers: The most that a rank has. All of them are to have rows, about as many.
  init?(network: Network, blocks: ParameterBlocks, capacity: Int, ranks: Int, workers: Int) {
    // The matrix whose products need nothing but the inputs. Of several, no one is worth more than the others.
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
    // Each rank receives (R − 1)/R of these: inputs, products and gradients of units; or gradients of weights, and weights.
    let (shared, exchanged) = (capacity * (network.inputCount + 2 * units / ranks), 2 * total)
    // The former go back and forth once more, but more of it while something else is computed.
    guard shared <= exchanged else { return nil }

    portions = (0..<ranks).map { Array(run($0, of: ranks)) }
    // Each has at least one.
    self.units = portions.map { portions in
      (portions.first?.weights?.units.lowerBound ?? 0)..<(portions.last?.weights?.units.upperBound ?? 0)
    }
    let runs = portions.map { portions in
      (portions.first?.blocks.lowerBound ?? 0)..<(portions.last?.blocks.upperBound ?? 0)
    }
    bucket = GradientBucket(runs, of: blocks)
  }

  /// The elements of the flat vector that are shared like this: from the first on.
  var count: Int { bucket.elements.last?.upperBound ?? 0 }

  /// A rank's rows for each of its workers.
  func portions(of rank: Int, workers: Int) -> [[ParameterBlocks.Portion]] {
    let own = portions[rank]
    return (0..<workers).map { Array(own[$0 * own.count / workers..<($0 + 1) * own.count / workers]) }
  }
}
