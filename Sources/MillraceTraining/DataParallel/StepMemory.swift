import MillraceNetwork
package import MillraceShards

/// What a step holds beside parameters: allocated once, and only what the routes of its ``Placement`` use.
package final class StepMemory {
  package let placement: Placement
  package let shards: ShardPasses
  package let rows: SharedRows
  /// For each shard of this process, the gradients that come to their owners as sums.
  package let vectors: [FlatVector]
  /// By turn: how its pieces are added up over the shards' vectors, and over what came from other ranks.
  let reductions: [FixedTreeReduction]
  /// By subtree of this rank: how it is added up for others.
  let ownSums: [FixedTreeReduction]
  /// By worker: where the gradients of its rows are added up.
  let rowGradients: [RowGradients]
  /// The sums that layers need over the minibatch.
  let sums: StageSums
  /// A whole gradient: what came as products is kept here until the norm is known, and all of it where it is asked for.
  let whole: FlatVector
  /// Each block's sum of squared gradients, where the norm is wanted.
  let squares: UnsafeMutablePointer<Double>
  /// For each rank, then for each worker, the first element of the first of its blocks whose gradient is infinite or not
  /// a number; −1 where there is none.
  let notFinite: UnsafeMutablePointer<Int>
  /// What comes from other ranks of a bucket.
  private let received: [StepMessage: FlatVector]

  package init(_ placement: Placement, capacity: Int, group: any ProcessGroup) {
    self.placement = placement
    let layout = placement.layout
    let (network, tree) = (layout.network, layout.tree)
    shards = ShardPasses(
      network: network, capacity: capacity, plan: layout.shards, training: true, group: group)
    rows = SharedRows(placement, shards: shards, capacity: capacity)
    let vectors = placement.own.map { _ in FlatVector(count: placement.vectorCount) }
    self.vectors = vectors
    func leaf(_ shard: Int) -> FixedTreeReduction.Operand {
      FixedTreeReduction.Operand(
        leaves: shard..<shard + 1, memory: vectors[shard - placement.own.lowerBound].base)
    }
    ownSums = placement.parts[placement.rank].map { part in
      FixedTreeReduction(part.map(leaf), into: part, in: tree)
    }
    // The first shard's vector becomes the whole sum where it holds all.
    let isWhole = placement.vectorCount == network.parameterCount && placement.others.isEmpty
    let whole = isWhole ? vectors[0] : FlatVector(count: network.parameterCount)
    self.whole = whole
    var received: [StepMessage: FlatVector] = [:]
    reductions = placement.turns.map { turn in
      guard let bucket = turn.bucket else {
        // With other ranks all of it comes as products: the sums are kept, and nothing is left to add.
        let kept = FixedTreeReduction.Operand(leaves: 0..<tree.count, memory: whole.base)
        let operands = placement.others.isEmpty ? placement.own.map(leaf) : [kept]
        return FixedTreeReduction(operands, into: 0..<tree.count, in: tree)
      }
      let slice = placement.places(of: placement.buckets[bucket].blocks[placement.rank])
      var operands: [FixedTreeReduction.Operand] = []
      var place = 0
      for (rank, parts) in placement.parts.enumerated() {
        if rank == placement.rank {
          place = placement.own.isEmpty ? 0 : operands.count
          operands += placement.own.map(leaf)
          continue
        }
        for part in parts {
          let vector = FlatVector(count: slice.count)
          let content = StepMessage.Content.gradients(bucket: bucket, part: part)
          received[StepMessage(from: rank, to: placement.rank, content: content)] = vector
          operands.append(
            FixedTreeReduction.Operand(leaves: part, memory: vector.base, start: slice.lowerBound))
        }
      }
      return FixedTreeReduction(operands, into: 0..<tree.count, in: tree, at: place)
    }
    self.received = received
    rowGradients = (0..<placement.workers).map { worker in
      let capacities = placement.turns.flatMap { $0.pieces[worker] }.map { placement.mostProducts(of: $0) }
      return RowGradients(tree: tree, first: placement.own, capacity: capacities.max() ?? 0)
    }
    sums = StageSums(placement)
    squares = .allocate(capacity: max(1, layout.blocks.blocks.count))
    squares.initialize(repeating: 0, count: max(1, layout.blocks.blocks.count))
    let findings = placement.ranks.ranks + placement.workers
    notFinite = .allocate(capacity: findings)
    notFinite.initialize(repeating: -1, count: findings)
  }

  deinit {
    squares.deallocate()
    notFinite.deallocate()
  }

  /// The bytes that are held.
  package var byteCount: Int {
    let all = vectors + received.values + (vectors.first === whole ? [] : [whole])
    return all.reduce(0) { $0 + $1.byteCount } + rowGradients.reduce(0) { $0 + $1.byteCount }
      + shards.byteCount + rows.byteCount
  }

  /// What a message to another rank holds.
  func outgoing(_ message: StepMessage) -> UnsafeBufferPointer<Float> {
    guard case .gradients(let bucket, let part) = message.content else { return rows.outgoing(message) }
    let places = placement.places(of: placement.buckets[bucket].blocks[message.to])
    return UnsafeBufferPointer(
      start: vectors[part.lowerBound - placement.own.lowerBound].base + places.lowerBound,
      count: places.count)
  }

  /// Copies what a message holds to where it lies together.
  package func pack(_ message: StepMessage) {
    if case .unitGradients(let shard) = message.content {
      rows.packUnitGradients(of: shard, for: message.to)
    }
  }

  /// Adds up some of what the shards of one of this rank's subtrees have, piece by piece.
  func addUp(part: Int, _ places: Range<Int>) {
    var start = places.lowerBound
    while start < places.upperBound {
      let end = min(start + ParameterBlocks.wanted, places.upperBound)
      ownSums[part].sum(start..<end)
      start = end
    }
  }

  /// Where a message from another rank goes.
  func incoming(_ message: StepMessage) -> UnsafeMutableBufferPointer<Float> {
    guard let vector = received[message] else { return rows.incoming(message) }
    return UnsafeMutableBufferPointer(start: vector.base, count: vector.count)
  }
}

extension Placement {
  /// The most elements of a piece that are computed at once.
  package func mostProducts(of piece: Int) -> Int {
    guard case .products(let rows, let runs) = pieces[piece].route else { return 0 }
    let rowsOfWeights = layout.network.weightRows[rows]
    return runs.map { rowsOfWeights.units.count * rowsOfWeights.columns(of: $0).count }.max() ?? 0
  }
}
