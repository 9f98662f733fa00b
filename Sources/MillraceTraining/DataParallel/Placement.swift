import MillraceNetwork
package import MillraceShards

/// Who has what of a step: which rank and which worker owns a piece of the parameters, and on which way its gradient comes
/// to the owner.
///
/// A process alone has all shards and all pieces. It changes no bit of a step, only who computes it.
package struct Placement {
  /// On which way a piece's gradient comes to its owner.
  package enum Route: Hashable {
    /// Each shard's pass writes it into the shard's vector, and the owner adds these up.
    case sums
    /// The owner multiplies for all shards, run by run of its rows' tiles: what the passes have left is all it needs.
    case products(rows: Int, runs: [Range<Int>])
  }

  /// Neighbouring blocks that one worker of this rank sums and steps.
  package struct Piece {
    let blocks: Range<Int>
    package let route: Route
    /// Whether every rank learns of the stepped parameters in the same step: then each moves its average for itself.
    let isShared: Bool
  }

  /// Pieces that are summed and stepped in turn: all, or what a bucket leaves to this rank.
  package struct Turn {
    /// What travels from and to other ranks first; nil where nothing does.
    let bucket: Int?
    /// Each worker's pieces, by number.
    package let pieces: [[Int]]
  }

  /// Who multiplies the weights that wait for nothing with the inputs of the shards: those of the first layer.
  enum FirstProducts {
    /// Whoever has a shard.
    case byShards
    /// The owners of the rows, before the shards are taken on: each worker's rows.
    case byWorkers([[Int]])
    /// The ranks that own the rows; products travel to the ranks that have the shards. The rank's own rows.
    case byRanks([Int])
  }

  /// When the gradients of the weight matrices are written.
  enum WeightGradients {
    /// Of each layer at once, by whoever has the shard.
    case afterEachLayer
    /// After the last layer, by whoever has the shard, in this order of rows: what other ranks wait for comes first.
    case afterAllLayers([Int])
    /// By the owners of the rows.
    case byOwners
  }

  package let layout: StepLayout
  package let ranks: RankPlan
  package let rank: Int
  package let workers: Int
  /// The gradients that travel between ranks, in the order in which they become ready.
  let buckets: [GradientBucket]
  /// Those of each layer.
  let bucketsOfLayer: [Range<Int>]
  /// Which rank has which rows of the first layer's matrix, where activations travel instead of their gradients.
  let rowPlan: RowPlan?
  /// The subtrees that each rank adds up alone, as shards.
  package let parts: [[Range<Int>]]
  package let pieces: [Piece]
  package let turns: [Turn]
  let firstProducts: FirstProducts
  let weightGradients: WeightGradients
  /// Where the shards' vectors hold each block; nil for one whose gradient comes as products.
  package let places: [Int?]
  /// The elements of a shard's vector.
  package let vectorCount: Int
  /// Where the shards' vectors hold each layer's gradient but for its matrices; 0 where they do not.
  let placesOfLayer: [Int]
  /// Where they hold the gradient of each of `Network.weightRows`; 0 where they do not.
  package let placesOfRows: [Int]

  /// Places a step.
  ///
  /// - Parameters:
  ///   - layout: The step.
  ///   - capacity: The most rows of a minibatch.
  ///   - rank: This process.
  ///   - ranks: How many processes there are.
  ///   - workers: The workers of this process.
  ///   - mostWorkers: The most that any process has.
  package init(_ layout: StepLayout, capacity: Int, rank: Int, ranks: Int, workers: Int, mostWorkers: Int) {
    self.layout = layout
    self.ranks = RankPlan(shards: layout.shards, ranks: ranks)
    self.rank = rank
    self.workers = workers
    parts = self.ranks.runs.map { layout.tree.subtrees(within: $0) }
    var draft: Draft
    if ranks > 1 {
      rowPlan = RowPlan(
        network: layout.network, blocks: layout.blocks, capacity: capacity, ranks: ranks, workers: mostWorkers
      )
      (buckets, bucketsOfLayer) = GradientBucket.cut(layout, from: rowPlan?.count ?? 0, ranks: ranks)
      draft = Draft(workers: workers)
      draft.share(layout, buckets, rowPlan, rank: rank)
      firstProducts =
        rowPlan.map { .byRanks($0.portions[rank].compactMap { $0.weights.map(layout.number) }) } ?? .byShards
      weightGradients = .afterAllLayers(
        Self.order(layout, buckets, bucketsOfLayer, from: rowPlan?.count ?? 0, rank: rank))
    } else {
      rowPlan = nil
      (buckets, bucketsOfLayer) = ([], layout.network.layers.map { _ in 0..<0 })
      draft = Draft(workers: workers)
      if layout.blocks.sharesRows(workers: workers, shards: layout.shards.count) {
        let rows = draft.divide(byRows: layout)
        firstProducts = .byWorkers(
          rows.map { $0.filter { layout.network.weightRows[$0].isAhead } })
        weightGradients = .byOwners
      } else {
        draft.divide(byBlocks: layout)
        (firstProducts, weightGradients) = (.byShards, .afterEachLayer)
      }
    }
    (pieces, turns) = (draft.pieces, draft.turns)

    // What no shard's pass writes has no place.
    let start = rowPlan?.count ?? 0
    var isSummed = layout.blocks.blocks.map { $0.elements.lowerBound >= start }
    for piece in pieces where piece.route != .sums {
      for block in piece.blocks { isSummed[block] = false }
    }
    var places = [Int?](repeating: nil, count: isSummed.count)
    var next = 0
    for block in places.indices where isSummed[block] {
      places[block] = next
      next += layout.elements(ofBlock: block).count
    }
    self.places = places
    vectorCount = next
    func place(_ elements: Range<Int>?) -> Int {
      layout.blocks.blocks.firstIndex { $0.elements.lowerBound == elements?.lowerBound }
        .flatMap { places[$0] } ?? 0
    }
    placesOfLayer = layout.network.layers.indices.map { layer in
      place(layout.network.parameters.first { $0.layer == layer && !$0.isMatrix }?.range)
    }
    placesOfRows = layout.network.weightRows.map { place($0.elements) }
  }

  /// The shards of this rank.
  var own: Range<Int> { ranks.run(of: rank) }
  /// The other ranks.
  var others: [Int] { (0..<ranks.ranks).filter { $0 != rank } }

  /// The rank that has a shard.
  func owner(ofShard shard: Int) -> Int { ranks.runs.firstIndex { $0.contains(shard) } ?? 0 }

  /// The shards of a worker, where each keeps its own from one meeting to the next.
  package func shards(ofWorker worker: Int) -> Range<Int> {
    own.lowerBound + worker * own.count / workers..<own.lowerBound + (worker + 1) * own.count / workers
  }

  /// Where the shards' vectors hold some neighbouring blocks whose gradient comes as sums.
  package func places(of blocks: Range<Int>) -> Range<Int> {
    guard !blocks.isEmpty, let start = places[blocks.lowerBound] else { return 0..<0 }
    return start..<start + layout.blocks.elements(of: blocks).count
  }

  /// The rows of the weight matrices whose gradients travel, in the order in which they are to be computed: the last layers
  /// first, and before this rank's own those that others wait for.
  private static func order(
    _ layout: StepLayout, _ buckets: [GradientBucket], _ bucketsOfLayer: [Range<Int>], from start: Int,
    rank: Int
  ) -> [Int] {
    let all = layout.network.weightRows
    let rows = layout.rowsOfLayer.reversed().joined().filter { all[$0].elements.lowerBound >= start }
    func isOwn(_ number: Int) -> Bool {
      bucketsOfLayer[all[number].layer].allSatisfy { bucket in
        buckets[bucket].elements.indices.allSatisfy {
          $0 == rank || !buckets[bucket].elements[$0].overlaps(all[number].elements)
        }
      }
    }
    return rows.filter { !isOwn($0) } + rows.filter(isOwn)
  }
}

/// Pieces and turns in the making.
private struct Draft {
  let workers: Int
  private(set) var pieces: [Placement.Piece] = []
  private(set) var turns: [Placement.Turn] = []

  init(workers: Int) { self.workers = workers }

  private mutating func add(_ blocks: Range<Int>, _ route: Placement.Route, isShared: Bool = false) -> Int {
    pieces.append(Placement.Piece(blocks: blocks, route: route, isShared: isShared))
    return pieces.count - 1
  }

  private mutating func add(
    _ portions: [ParameterBlocks.Portion], of layout: StepLayout, runs: (WeightRows) -> [Range<Int>]
  ) -> [Int] {
    portions.map { portion in
      guard let rows = portion.weights else { return add(portion.blocks, .sums) }
      return add(portion.blocks, .products(rows: layout.number(of: rows), runs: runs(rows)))
    }
  }

  /// Each worker of a process alone has a slice of the blocks.
  mutating func divide(byBlocks layout: StepLayout) {
    let blocks = layout.blocks
    let slices = blocks.slices(of: blocks.blocks.indices, count: workers)
    turns = [Placement.Turn(bucket: nil, pieces: slices.map { [add($0, .sums)] })]
  }

  /// Each worker of a process alone has rows of the weight matrices, and some of the other tensors. Returns the rows.
  mutating func divide(byRows layout: StepLayout) -> [[Int]] {
    let portions = layout.blocks.portionsByRows(workers: workers)
    turns = [
      Placement.Turn(
        bucket: nil,
        pieces: portions.map { portions in
          // Tile by tile the gradients never leave a core's cache.
          add(portions, of: layout) { rows in rows.tiles.indices.map { $0..<$0 + 1 } }
        })
    ]
    return portions.map { $0.compactMap { $0.weights.map(layout.number) } }
  }

  /// A rank has its slice of each bucket, and its rows of the first layer's weights where ranks share these: half of them
  /// before the buckets, half after, since meanwhile those are on their way.
  mutating func share(
    _ layout: StepLayout, _ buckets: [GradientBucket], _ rowPlan: RowPlan?, rank: Int
  ) {
    let rows =
      rowPlan.map { plan in
        plan.portions(of: rank, workers: workers).map { portions in
          // The more is computed at once for the rank's own shards, the longer may that for the others be on its way.
          add(portions, of: layout) { [$0.tiles.indices] }
        }
      } ?? []
    if rowPlan != nil {
      turns.append(Placement.Turn(bucket: nil, pieces: rows.map { Array($0.prefix(($0.count + 1) / 2)) }))
    }
    for (index, bucket) in buckets.enumerated() {
      let slices = layout.blocks.slices(of: bucket.blocks[rank], count: workers)
      turns.append(
        Placement.Turn(bucket: index, pieces: slices.map { [add($0, .sums, isShared: true)] }))
    }
    if rowPlan != nil {
      turns.append(Placement.Turn(bucket: nil, pieces: rows.map { Array($0.dropFirst(($0.count + 1) / 2)) }))
    }
  }
}

extension StepLayout {
  /// The number of some rows among `Network.weightRows`.
  func number(of rows: WeightRows) -> Int {
    guard let number = network.weightRows.firstIndex(of: rows) else {
      preconditionFailure("rows \(rows.units) of layer \(rows.layer) are of another network")
    }
    return number
  }
}
