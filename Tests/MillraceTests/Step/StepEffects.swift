import MillraceNetwork

@testable import MillraceShards
@testable import MillraceTraining

/// Memory of one rank that operations of a step read and write.
enum StepRegion: Hashable {
  case parameters(block: Int)
  case average(block: Int)
  case product(shard: Int, rows: Int)
  case pass(shard: Int)
  case vector(shard: Int, block: Int)
  case stageSums(StageBoundary, shard: Int)
  case totals(slot: Int)
  case loss(shard: Int)
  case count(shard: Int)
  case inputs(rank: Int)
  case unitGradients(shard: Int)
  case packedGradients(shard: Int, rank: Int)
  case received(StepMessage, block: Int)
  case rowMemory(worker: Int)
  case whole(block: Int)
  case squares(block: Int)
  case findings(worker: Int)
  case findingsOfRank(Int)
  case scale(worker: Int)

  /// Whether the memory holds something before the workers begin.
  var isThereBefore: Bool {
    switch self {
    case .parameters, .average, .findings, .scale: true
    default: false
    }
  }
}

/// What an operation reads and writes when ``StepMachine`` carries it out.
struct StepEffects {
  var reads: [StepRegion] = []
  var writes: [StepRegion] = []

  /// Finds the effects of an operation.
  ///
  /// - Parameters:
  ///   - operation: The operation, which is neither a meeting nor a message nor a claim.
  ///   - worker: The worker that carries it out.
  ///   - placement: The placement of the rank.
  ///   - isOfParts: Whether each rank has only its part of the minibatch.
  init(_ operation: StepOperation, _ worker: Int, _ placement: Placement, isOfParts: Bool) {
    let network = placement.layout.network
    let allShards = 0..<placement.layout.shards.count
    let slot = placement.others.isEmpty ? worker : 0
    switch operation {
    case .multiply(let rows, let shard):
      reads = placement.blocks(ofRows: rows).map { .parameters(block: $0) }
      if !placement.own.contains(shard) {
        reads.append(.count(shard: shard))
        if isOfParts { reads.append(.inputs(rank: placement.owner(ofShard: shard))) }
      }
      writes = [.product(shard: shard, rows: rows)]
    case .forward(let shard, let stage):
      reads = placement.layout.blocks.blocks.indices.map { .parameters(block: $0) }
      if stage == 0 {
        reads += placement.layout.rowsAhead.map { .product(shard: shard, rows: $0) }
      } else {
        reads.append(.totals(slot: slot))
      }
      writes = [.pass(shard: shard)]
    case .evaluateLoss(let shard): writes = [.pass(shard: shard), .loss(shard: shard)]
    case .backward(let shard, let layer):
      reads = placement.layout.blocks.blocks.indices.map { .parameters(block: $0) }
      if network.stageCount > 1 { reads.append(.totals(slot: slot)) }
      writes = [.pass(shard: shard)]
      for tensor in network.parameters where tensor.layer == layer && !tensor.isMatrix {
        writes += placement.layout.blocks.indices(of: tensor.range).map { .vector(shard: shard, block: $0) }
      }
    case .writeGradient(let rows, let shard):
      reads = [.pass(shard: shard)]
      writes = placement.blocks(ofRows: rows).map { .vector(shard: shard, block: $0) }
    case .sumShard(let shard, let boundary):
      // A layer may multiply before it sums, and leaves what comes of it in the pass.
      reads = placement.layout.blocks.blocks.indices.map { .parameters(block: $0) } + [.pass(shard: shard)]
      writes = [.pass(shard: shard), .stageSums(boundary, shard: shard)]
    case .addSums(let boundary):
      reads = allShards.map { .stageSums(boundary, shard: $0) }
      writes = [.totals(slot: slot)]
    case .pack(let message):
      preconditionFailure("message \(message) is packed where its program is known")
    case .addUp(let part, let bucket, let rank):
      let leaves = placement.parts[placement.rank][part]
      for block in placement.buckets[bucket].blocks[rank] {
        reads += leaves.map { .vector(shard: $0, block: block) }
        writes += leaves.map { .vector(shard: $0, block: block) }
      }
    case .stopIfDiverged: reads = allShards.map { .loss(shard: $0) }
    case .addProducts(let piece, _):
      guard case .products = placement.pieces[piece].route else { return }
      for shard in allShards {
        if placement.own.contains(shard) {
          reads.append(.pass(shard: shard))
        } else {
          reads += [.unitGradients(shard: shard), .count(shard: shard)]
          if isOfParts { reads.append(.inputs(rank: placement.owner(ofShard: shard))) }
        }
      }
      writes = [.rowMemory(worker: worker)]
    case .keepProducts(let piece, _):
      reads = [.rowMemory(worker: worker)]
      writes = placement.pieces[piece].blocks.map { .whole(block: $0) }
    case .sum(let piece): writes = placement.sums(of: piece)
    case .measure(let piece):
      writes = placement.sums(of: piece) + placement.pieces[piece].blocks.map { .squares(block: $0) }
    case .scale:
      reads = placement.layout.blocks.blocks.indices.map { .squares(block: $0) }
      writes = [.scale(worker: worker)]
    case .stepProducts(let piece, _):
      reads = [.rowMemory(worker: worker)]
      writes = placement.stepped(piece) + [.findings(worker: worker)]
    case .complete(let piece): writes = placement.stepped(piece)
    case .sumAndStep(let piece), .step(let piece):
      reads = [.scale(worker: worker)]
      writes = placement.sums(of: piece) + placement.stepped(piece) + [.findings(worker: worker)]
    case .average(let blocks):
      reads = blocks.map { .parameters(block: $0) }
      writes = blocks.map { .average(block: $0) }
    case .meet, .claim, .count, .receive, .send, .finish, .finishSends, .finishGathers, .shareCounts,
      .shareLosses, .shareSums, .shareSquares, .shareFindings, .shareParameters:
      break
    }
  }

  /// What a message reads at its sender.
  static func outgoing(_ message: StepMessage, _ placement: Placement) -> [StepRegion] {
    switch message.content {
    case .gradients(let bucket, let part):
      placement.buckets[bucket].blocks[message.to].map { .vector(shard: part.lowerBound, block: $0) }
    case .inputs: []
    case .products(let shard): placement.ownRows.map { .product(shard: shard, rows: $0) }
    case .unitGradients(let shard): [.packedGradients(shard: shard, rank: message.to)]
    }
  }

  /// What a message writes at its receiver.
  static func incoming(_ message: StepMessage, _ placement: Placement) -> [StepRegion] {
    switch message.content {
    case .gradients(let bucket, _):
      placement.buckets[bucket].blocks[message.to].map { .received(message, block: $0) }
    case .inputs: [.inputs(rank: message.from)]
    case .products(let shard): placement.rows(ofRank: message.from).map { .product(shard: shard, rows: $0) }
    case .unitGradients(let shard): [.unitGradients(shard: shard)]
    }
  }

  /// The number of elements of a message: for the largest minibatch, where it depends on that.
  static func length(_ message: StepMessage, _ placement: Placement) -> Int {
    switch message.content {
    case .gradients(let bucket, _): placement.places(of: placement.buckets[bucket].blocks[message.to]).count
    case .inputs: placement.ranks.run(of: message.from).count
    case .products: placement.rowPlan?.units[message.from].count ?? 0
    case .unitGradients: placement.rowPlan?.units[message.to].count ?? 0
    }
  }

  /// The regions that are gathered, by the rank that has them.
  static func gathered(_ operation: StepOperation, _ placement: Placement) -> [[StepRegion]]? {
    let runs = placement.ranks.runs
    switch operation {
    case .shareSums(let boundary): return runs.map { $0.map { .stageSums(boundary, shard: $0) } }
    case .shareCounts: return runs.map { $0.map { .count(shard: $0) } }
    case .shareLosses: return runs.map { $0.map { .loss(shard: $0) } }
    case .shareSquares(let bucket):
      let blocks = bucket.map { placement.buckets[$0].blocks } ?? placement.rowPlan?.bucket.blocks
      return blocks?.map { $0.map { .squares(block: $0) } }
    case .shareFindings: return runs.indices.map { [.findingsOfRank($0)] }
    case .shareParameters(let bucket):
      return placement.buckets[bucket].blocks.map { $0.map { .parameters(block: $0) } }
    default: return nil
    }
  }
}

extension Placement {
  fileprivate func blocks(ofRows rows: Int) -> Range<Int> {
    layout.blocks.indices(of: layout.network.weightRows[rows].elements)
  }

  fileprivate func rows(ofRank rank: Int) -> [Int] {
    rowPlan?.portions[rank].compactMap { $0.weights.map(layout.number) } ?? []
  }

  fileprivate var ownRows: [Int] { rows(ofRank: rank) }

  /// All regions over which a piece's gradient is added up, which changes them.
  fileprivate func sums(of piece: Int) -> [StepRegion] {
    let blocks = pieces[piece].blocks
    guard pieces[piece].route == .sums else { return blocks.map { .whole(block: $0) } }
    let turn = turns.first { $0.pieces.joined().contains(piece) }
    var regions = blocks.flatMap { block in own.map { StepRegion.vector(shard: $0, block: block) } }
    guard let bucket = turn?.bucket, !blocks.isEmpty else { return regions }
    for other in others {
      for part in parts[other] {
        let message = StepMessage(from: other, to: rank, content: .gradients(bucket: bucket, part: part))
        regions += blocks.map { .received(message, block: $0) }
      }
    }
    return regions
  }

  fileprivate func stepped(_ piece: Int) -> [StepRegion] {
    pieces[piece].blocks.flatMap { block -> [StepRegion] in
      pieces[piece].isShared
        ? [.parameters(block: block)] : [.parameters(block: block), .average(block: block)]
    }
  }
}
