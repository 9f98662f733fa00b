import MillraceNetwork
import MillraceShards

extension ProgramBuilder {
  private var own: Range<Int> { placement.own }

  /// The first layer's products, where who has a shard does not compute them.
  mutating func multiplyFirst() {
    switch placement.firstProducts {
    case .byShards: return
    case .byWorkers(let rows):
      each { worker, builder in
        rows[worker].flatMap { rows in builder.own.map { .multiply(rows: rows, shard: $0) } }
      }
    case .byRanks(let rows):
      // What needs nothing from others stands at both ends: before, their inputs come; afterwards, their products.
      let mine = rows.flatMap { rows in own.map { [StepOperation.multiply(rows: rows, shard: $0)] } }
      let before = (mine.count + 1) / 2
      let others = (0..<placement.layout.shards.count).filter { !own.contains($0) }
        .flatMap { products(ofAnothers: $0, rows) }
      claim(mine[..<before] + others + mine[before...])
    }
    all([.meet])
  }

  /// The products of this rank's rows for another's shard, which are sent when all are there.
  private mutating func products(ofAnothers shard: Int, _ rows: [Int]) -> [[StepOperation]] {
    let owner = placement.owner(ofShard: shard)
    let counter = addCounter(events: rows.count, [send(.products(shard: shard), to: owner)])
    // How many rows a shard has goes around first.
    let wait = [.finishGathers] + finish { $0.content == .inputs && $0.from == owner }
    return rows.map { wait + [.multiply(rows: $0, shard: shard), .count(counter: counter)] }
  }

  /// The shards' way through the network. A network without sums over the minibatch needs no meeting: workers claim shards
  /// and take each all the way. Otherwise each worker keeps the shards it has, and all meet between stages.
  mutating func pass() {
    if placement.layout.network.stageCount == 1 {
      let tasks = own.map { pass($0..<$0 + 1, worker: 0) }
      claim(tasks)
    } else {
      each { worker, builder in builder.pass(builder.placement.shards(ofWorker: worker), worker: worker) }
    }
  }

  /// Forward, loss, backward.
  private mutating func pass(_ shards: Range<Int>, worker: Int) -> [StepOperation] {
    let network = placement.layout.network
    var operations: [StepOperation] = []
    for stage in 0..<network.stageCount {
      if stage > 0 { operations += meeting(StageBoundary(stage: stage, isBackward: false), worker) }
      for shard in shards {
        if stage == 0 { operations += firstProducts(of: shard) }
        operations.append(.forward(shard: shard, stage: stage))
        if stage + 1 < network.stageCount {
          operations.append(.sumShard(shard: shard, StageBoundary(stage: stage + 1, isBackward: false)))
        }
      }
    }
    operations += shards.map { .evaluateLoss(shard: $0) }
    for stage in (0..<network.stageCount).reversed() {
      if stage + 1 < network.stageCount {
        operations += meeting(StageBoundary(stage: stage + 1, isBackward: true), worker)
      }
      for shard in shards {
        for layer in network.backwardLayers(ofStage: stage) { operations += backward(shard, layer) }
        if stage > 0 {
          operations.append(.sumShard(shard: shard, StageBoundary(stage: stage, isBackward: true)))
        }
      }
    }
    if let passes { operations += shards.map { _ in .count(counter: passes) } }
    if case .afterAllLayers(let order) = placement.weightGradients {
      for shard in shards {
        for rows in order {
          operations.append(.writeGradient(rows: rows, shard: shard))
          operations += countersOfRows[rows].map { .count(counter: $0) }
        }
      }
    }
    return operations
  }

  private func firstProducts(of shard: Int) -> [StepOperation] {
    switch placement.firstProducts {
    case .byShards: placement.layout.rowsAhead.map { .multiply(rows: $0, shard: shard) }
    case .byWorkers: []
    case .byRanks: finish { $0.content == .products(shard: shard) }
    }
  }

  private mutating func backward(_ shard: Int, _ layer: Int) -> [StepOperation] {
    var operations = [StepOperation.backward(shard: shard, layer: layer)]
    if layer == 0, placement.rowPlan != nil {
      for other in placement.others {
        let message = add(.unitGradients(shard: shard), from: placement.rank, to: other)
        operations += [.pack(message), .send(message)]
      }
    }
    if case .afterEachLayer = placement.weightGradients {
      operations += placement.layout.rowsOfLayer[layer].map { .writeGradient(rows: $0, shard: shard) }
    }
    return operations + countersOfLayer[layer].map { .count(counter: $0) }
  }

  /// All workers, of all ranks, meet; then the shards' sums are known to each.
  private func meeting(_ boundary: StageBoundary, _ worker: Int) -> [StepOperation] {
    // A process alone: each adds up for itself what all have written.
    if placement.others.isEmpty { return [.meet, .addSums(boundary)] }
    let ofOne: [StepOperation] = [.shareSums(boundary), .finishGathers, .addSums(boundary)]
    return [.meet] + (worker == 0 ? ofOne : []) + [.meet]
  }
}
