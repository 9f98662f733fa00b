import MillraceNetwork

/// Which worker computes, sums and steps what of a step.
struct StepSchedule {
  /// Parameters that are summed and stepped in turn: all of them, or what a bucket of a group's exchange leaves here.
  struct Turn {
    /// Over the shards' vectors.
    let reduction: FixedTreeReduction
    /// Each worker's.
    let parts: [[Part]]
  }

  /// Neighbouring blocks of ``ParameterBlocks`` that one worker sums and steps.
  struct Part {
    let blocks: Range<Int>
    /// Whose gradients the worker computes first; nil where the shards' vectors hold them.
    let rows: WeightRows?
    /// Over what the worker has computed; where it computes nothing, over the shards' vectors.
    let reduction: FixedTreeReduction
  }

  let turns: [Turn]
  /// Each worker's rows of the weight matrices, where workers share these; nil where they share shards alone.
  let rows: [[WeightRows]]?
  /// Each worker's, where they share rows.
  let rowGradients: [RowGradients]

  /// The schedule of a process that has all shards.
  ///
  /// - Parameters:
  ///   - blocks: The network's parameters.
  ///   - gradients: For each shard a vector as long as the parameters.
  ///   - workers: How many there are.
  init(_ blocks: ParameterBlocks, gradients: [FlatVector], workers: Int) {
    let tree = FixedTree(count: gradients.count)
    let whole = FixedTreeReduction(
      gradients.map(\.base), of: gradients.indices.map { $0..<$0 + 1 }, in: tree)
    guard blocks.sharesRows(workers: workers, shards: gradients.count) else {
      let slices = blocks.slices(of: blocks.blocks.indices, count: workers)
      turns = [
        Turn(reduction: whole, parts: slices.map { [Part(blocks: $0, rows: nil, reduction: whole)] })
      ]
      (rows, rowGradients) = (nil, [])
      return
    }
    let portions = blocks.portionsByRows(workers: workers)
    let memory = portions.map { RowGradients(tree: tree, capacity: $0.map(\.count).max() ?? 0) }
    let parts = zip(portions, memory).map { portions, memory in
      portions.map { portion in
        Part(
          blocks: portion.blocks, rows: portion.weights,
          reduction: portion.weights.map(memory.reduction) ?? whole)
      }
    }
    turns = [Turn(reduction: whole, parts: parts)]
    rows = portions.map { $0.compactMap(\.weights) }
    rowGradients = memory
  }

  /// The schedule of a rank, whose workers share shards alone: what others step is sent as soon as the shards have written
  /// it.
  ///
  /// - Parameters:
  ///   - blocks: The network's parameters.
  ///   - exchange: What the rank takes part in.
  ///   - rank: Which one.
  ///   - workers: How many it has.
  init(_ blocks: ParameterBlocks, exchange: GradientExchange, rank: Int, workers: Int) {
    turns = zip(exchange.buckets, exchange.reductions).map { bucket, reduction in
      let slices = blocks.slices(of: bucket.blocks[rank], count: workers)
      return Turn(
        reduction: reduction, parts: slices.map { [Part(blocks: $0, rows: nil, reduction: reduction)] })
    }
    (rows, rowGradients) = (nil, [])
  }
}
