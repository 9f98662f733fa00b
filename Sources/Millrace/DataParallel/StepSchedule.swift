import MillraceNetwork

/// Which worker computes, sums and steps what of a step.
struct StepSchedule {
  /// Parameters that are summed and stepped in turn: all of them, or what a bucket of a group's exchange leaves here.
  struct Turn {
    /// The bucket; nil where nobody else has a part in these.
    let bucket: Int?
    /// Where a step that must know the norm first keeps the sums: the shards' vectors are added up here, and what a worker
    /// has computed is copied here.
    let reduction: FixedTreeReduction
    /// Each worker's.
    let parts: [[Part]]
  }

  /// Neighbouring blocks of ``ParameterBlocks`` that one worker sums and steps.
  struct Part {
    let blocks: Range<Int>
    /// Whose gradients the worker computes first; nil where the shards' vectors hold them.
    let rows: WeightRows?
    /// The rows' tiles, in runs that are computed, summed and stepped in turn.
    let runs: [Range<Int>]
    /// Over what the worker has computed; where it computes nothing, over the shards' vectors.
    let reduction: FixedTreeReduction
    /// Whether the worker computes the first run's gradients before the turns begin, while the losses go around.
    let isAhead: Bool

    init(
      blocks: Range<Int>, rows: WeightRows? = nil, runs: [Range<Int>] = [], reduction: FixedTreeReduction,
      isAhead: Bool = false
    ) {
      self.blocks = blocks
      self.rows = rows
      self.runs = runs
      self.reduction = reduction
      self.isAhead = isAhead
    }
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
        Turn(
          bucket: nil, reduction: whole,
          parts: slices.map { [Part(blocks: $0, reduction: whole)] })
      ]
      (rows, rowGradients) = (nil, [])
      return
    }
    let portions = blocks.portionsByRows(workers: workers)
    // Tile by tile the gradients never leave a core's cache.
    let parts = portions.map { portions in
      Parts(portions, tree: tree, first: gradients.indices, otherwise: whole) { rows in
        rows.tiles.indices.map { $0..<$0 + 1 }
      }
    }
    turns = [Turn(bucket: nil, reduction: whole, parts: parts.map(\.parts))]
    rows = portions.map { $0.compactMap(\.weights) }
    rowGradients = parts.map(\.memory)
  }

  /// The schedule of a rank, whose workers share shards alone: what others step is sent as soon as the shards have written
  /// it. Rows that ranks share come before and after what they exchange: meanwhile that is on its way.
  ///
  /// - Parameters:
  ///   - blocks: The network's parameters.
  ///   - exchange: What the rank takes part in.
  ///   - rowPlan: Which rank has which rows of the first layer's weights; nil where these are exchanged, too.
  ///   - shards: The ranks' shards.
  ///   - rank: Which one.
  ///   - workers: How many it has.
  ///   - kept: As long as the parameters: where the sums of shared rows are kept until the norm is known.
  init(
    _ blocks: ParameterBlocks, exchange: GradientExchange, rowPlan: RowPlan?, shards: RankPlan, rank: Int,
    workers: Int, kept: FlatVector
  ) {
    let exchanged = zip(exchange.buckets, exchange.reductions).enumerated().map { index, bucket in
      let slices = blocks.slices(of: bucket.0.blocks[rank], count: workers)
      return Turn(
        bucket: index, reduction: bucket.1,
        parts: slices.map { [Part(blocks: $0, reduction: bucket.1)] })
    }
    rows = nil
    guard let rowPlan else {
      (turns, rowGradients) = (exchanged, [])
      return
    }
    let tree = FixedTree(count: shards.shards.count)
    let sums = FixedTreeReduction([kept.base], of: [0..<tree.count], in: tree)
    // The more is computed at once for the rank's own shards, the longer may that for the others be on its way.
    let parts = rowPlan.portions(of: rank, workers: workers).map { portions in
      Parts(portions, tree: tree, first: shards.run(of: rank), otherwise: sums) { [$0.tiles.indices] }
    }
    rowGradients = parts.map(\.memory)
    func turn(_ select: ([Part]) -> ArraySlice<Part>) -> Turn {
      Turn(bucket: nil, reduction: sums, parts: parts.map { Array(select($0.parts)) })
    }
    turns =
      [turn { $0.prefix(($0.count + 1) / 2) }] + exchanged + [turn { $0.dropFirst(($0.count + 1) / 2) }]
  }

  /// One worker's parts that are rows of weight matrices, and its memory for their gradients.
  private struct Parts {
    let parts: [Part]
    let memory: RowGradients

    init(
      _ portions: [ParameterBlocks.Portion], tree: FixedTree, first: Range<Int>,
      otherwise whole: FixedTreeReduction, runs: (WeightRows) -> [Range<Int>]
    ) {
      let capacities = portions.compactMap(\.weights).flatMap { rows in
        runs(rows).map { rows.units.count * rows.columns(of: $0).count }
      }
      let memory = RowGradients(tree: tree, first: first, capacity: capacities.max() ?? 1)
      self.memory = memory
      parts = portions.enumerated().map { place, portion in
        Part(
          blocks: portion.blocks, rows: portion.weights, runs: portion.weights.map(runs) ?? [],
          reduction: portion.weights == nil ? whole : memory.reduction,
          isAhead: place == 0 && portion.weights != nil)
      }
    }
  }
}
