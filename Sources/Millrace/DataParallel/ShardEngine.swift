import MillraceNetwork
import MillracePipeline
import MillraceThreads
import Synchronization

/// Runs a network over the shards of a minibatch on a team of workers.
///
/// A network without sums over the minibatch needs no meeting: workers claim shards and take each all the way.
/// Otherwise every worker keeps the shards it has, all meet between stages, and each adds up the shards' sums for
/// itself, in the same order, so that all have the same bits.
final class ShardEngine {
  let network: Network
  let plan: ShardPlan
  private let team: WorkerTeam
  private let group: (any ProcessGroup)?
  /// Each rank's shards; the whole minibatch's where there is no group.
  private let runs: [Range<Int>]
  /// The shards that are computed here.
  private let own: Range<Int>
  /// One for each of them.
  private let passes: [NetworkPass]
  /// Where ranks share the rows of the first layer's weights.
  private let rowExchange: RowExchange?
  private let nextShard = Atomic<Int>(0)
  /// Each shard's loss: written by its worker, read by all after a barrier.
  private let losses: UnsafeMutablePointer<LossSum>
  /// Each worker's totals of the stage under way; with a group, worker 0's are everybody's.
  private let totals: UnsafeMutablePointer<Double>
  /// The sums of the shards of all ranks at the stage under way; nil without a group.
  private let shardSums: UnsafeMutablePointer<Double>?
  private let totalCount: Int

  // The minibatch under way: written by the caller before the team runs.
  private var minibatch: Minibatch?
  private var targets: Targets?
  private var samples = SampleKeys.none
  private var count = 0
  private var isTraining = false

  /// - Parameters:
  ///   - network: The network.
  ///   - capacity: The most rows of a minibatch, over all ranks.
  ///   - plan: How a minibatch is cut.
  ///   - team: Who computes.
  ///   - training: Whether gradients will be asked for.
  ///   - group: The ranks that share the minibatch; nil: this process has it all.
  ///   - rowExchange: What these hand to each other where they share the rows of the first layer's weights.
  init(
    network: Network, capacity: Int, plan: ShardPlan, team: WorkerTeam, training: Bool,
    group: (any ProcessGroup)? = nil, rowExchange: RowExchange? = nil
  ) {
    self.rowExchange = rowExchange
    self.network = network
    self.plan = plan
    self.team = team
    self.group = group
    let ranks = RankPlan(shards: plan, ranks: group?.count ?? 1)
    runs = ranks.runs
    own = ranks.run(of: group?.rank ?? 0)
    passes = own.map { _ in
      NetworkPass(network: network, capacity: plan.capacity(for: capacity), training: training)
    }
    losses = .allocate(capacity: plan.count)
    losses.initialize(repeating: LossSum(), count: plan.count)
    totalCount = network.largestSumCount
    totals = .allocate(capacity: max(1, totalCount * team.count))
    totals.initialize(repeating: 0, count: max(1, totalCount * team.count))
    let sumCount = plan.count * totalCount
    shardSums = group != nil && sumCount > 0 ? .allocate(capacity: sumCount) : nil
    shardSums?.initialize(repeating: 0, count: sumCount)
  }

  deinit {
    losses.deallocate()
    totals.deallocate()
    shardSums?.deallocate()
  }

  /// Takes the next minibatch. The team must not be running.
  func begin(_ minibatch: Minibatch, targets: Targets?, seed: UInt64, isTraining: Bool) throws {
    self.minibatch = minibatch
    self.targets = targets
    samples = SampleKeys(
      seed: seed, epoch: minibatch.epoch, indices: UnsafePointer(minibatch.samples),
      turns: UnsafePointer(minibatch.turns))
    count = minibatch.totalCount
    self.isTraining = isTraining
    nextShard.store(own.lowerBound, ordering: .relaxed)
    for shard in own { beginPass(shard, minibatch) }
    try rowExchange?.begin(minibatch, passes: passes) { samples(of: $0) }
  }

  /// One worker's part of a pass over the minibatch; every worker of the team must call it.
  ///
  /// - Parameters:
  ///   - worker: Which one.
  ///   - parameters: The network's flat vector.
  ///   - gradients: For each shard of this process a vector as long; nil runs forward alone.
  ///   - rows: Where workers share the rows of the weight matrices, this worker's: it computes the first layer's products
  ///     of these for all shards, and the gradients of weight matrices are left to ``writeWeightGradient(_:of:into:)``.
  ///   - listener: Who is told of the gradients of each shard of this worker; nil where nobody is.
  ///   - finished: Is called for each shard of this worker when it is through.
  func run(
    worker: Int, parameters: UnsafePointer<Float>, gradients: [FlatVector]?, rows: [WeightRows]? = nil,
    listener: GradientListener? = nil,
    finished: (_ shard: Int, _ rows: Range<Int>, _ outputs: Matrix) -> Void = { _, _, _ in }
  ) throws {
    if let rowExchange {
      try rowExchange.writeProducts(passes, parameters: parameters)
      try team.barrier()
    } else if let rows {
      for rows in rows where rows.layer == 0 {
        for pass in passes { pass.writeFirstProduct(rows, parameters: parameters) }
      }
      try team.barrier()
    }
    let havingFirstProduct = rows != nil || rowExchange != nil
    let meets = network.stageCount > 1 && isTraining
    if meets {
      let start = own.lowerBound
      let mine =
        start + worker * own.count / team.count..<start + (worker + 1) * own.count / team.count
      try runInStages(
        mine, worker: worker, parameters: parameters, gradients: gradients,
        havingFirstProduct: havingFirstProduct, leavingWeights: rows != nil || listener != nil,
        listener: listener)
      for shard in mine { finished(shard, samples(of: shard), pass(shard).outputs) }
    } else {
      while true {
        let shard = nextShard.add(1, ordering: .relaxed).oldValue
        if shard >= own.upperBound { return }
        try rowExchange?.finishReceivingProducts(of: shard)
        for stage in 0..<network.stageCount {
          pass(shard).forward(
            stage: stage, parameters: parameters, sums: nil, havingFirstProduct: havingFirstProduct)
        }
        losses[shard] = pass(shard).evaluateLoss(scale: gradientScale)
        if let gradients {
          let gradient = gradients[shard - own.lowerBound].base
          try pass(shard).backward(
            stage: 0, parameters: parameters, sums: nil, into: gradient,
            leavingWeights: rows != nil || listener != nil,
            layerIsDone: { try layerIsDone($0, of: shard, listener) })
          try listener?.passIsDone()
          try writeWeightGradients(of: shard, into: gradient, listener)
        }
        finished(shard, samples(of: shard), pass(shard).outputs)
      }
    }
  }

  /// Writes the gradient of some rows of a weight matrix for a shard, once every worker is through. For another process's
  /// shard, of this process's rows.
  ///
  /// - Parameters:
  ///   - rows: The rows.
  ///   - tiles: Neighbours among their tiles.
  ///   - shard: The shard.
  ///   - gradient: (the rows, the columns of these tiles).
  func writeWeightGradient(_ rows: WeightRows, tiles: Range<Int>, of shard: Int, into gradient: Matrix) throws
  {
    if own.contains(shard) {
      pass(shard).writeWeightGradient(rows, tiles: tiles, into: gradient)
    } else {
      try rowExchange?.writeWeightGradient(rows, tiles: tiles, of: shard, into: gradient)
    }
    group?.advance()
  }

  private func layerIsDone(_ layer: Int, of shard: Int, _ listener: GradientListener?) throws {
    if layer == 0 { try rowExchange?.sendGradients(of: shard, pass(shard)) }
    try listener?.layerIsDone(layer)
  }

  /// Begins to hand the losses of this process's shards to the other ranks, which `finishGathering()` ends. By one worker,
  /// when all are through.
  func beginSharingLosses() throws {
    try group?.beginExchange(losses, runs: runs)
  }

  /// The minibatch's loss, once every worker is through: summed in the shards' order.
  var loss: LossSum {
    var sum = LossSum()
    for shard in 0..<plan.count { sum += losses[shard] }
    return sum
  }

  /// The first layer that has an output which is infinite or not a number, by the last pass; nil where none has. Every
  /// rank must ask for it, since each has seen its own shards alone.
  func firstLayerNotFinite() throws -> String? {
    let layers = network.layers
    let own = layers.indices.first { index in passes.contains { !$0.output(ofLayer: index).isFinite } }
    let first = own ?? layers.count
    let everywhere = try group?.exchange(first).min() ?? first
    return everywhere < layers.count ? "\(everywhere).\(layers[everywhere].name)" : nil
  }

  /// The share of a layer's units that were not above zero for any row of the last minibatch.
  func deadShare(ofLayer index: Int) throws -> Double {
    let units = network.layers[index].outputCount
    var isAlive = [Bool](repeating: false, count: units)
    for pass in passes {
      let output = pass.output(ofLayer: index)
      for row in 0..<output.rows {
        for unit in 0..<units where output.row(row)[unit] > 0 { isAlive[unit] = true }
      }
    }
    guard let group else { return Double(isAlive.count { !$0 }) / Double(units) }
    var everywhere = [Bool](repeating: false, count: units * group.count)
    everywhere.replaceSubrange(group.rank * units..<(group.rank + 1) * units, with: isAlive)
    try everywhere.withUnsafeMutableBufferPointer { alive in
      // A layer has a unit.
      try group.exchange(alive.baseAddress!, runs: (0..<group.count).map { $0 * units..<($0 + 1) * units })
    }
    let dead = (0..<units).count { unit in !(0..<group.count).contains { everywhere[$0 * units + unit] } }
    return Double(dead) / Double(units)
  }

  private var gradientScale: Float { 1 / Float(max(1, count)) }

  private func pass(_ shard: Int) -> NetworkPass { passes[shard - own.lowerBound] }

  /// The minibatch's rows that a shard of this process has.
  private func samples(of shard: Int) -> Range<Int> {
    guard let minibatch else { return 0..<0 }
    return minibatch.rows(within: plan.rows(of: shard, in: minibatch.plannedCount))
  }

  private func beginPass(_ shard: Int, _ minibatch: Minibatch) {
    let rows = samples(of: shard)
    pass(shard).begin(
      NetworkPass.Shard(
        input: Matrix(
          base: minibatch.features(ofRow: rows.lowerBound), rows: rows.count,
          columns: network.configuration.inputCount, stride: minibatch.featureStride),
        targets: targets?.advanced(by: rows.lowerBound, columns: network.configuration.outputCount),
        samples: samples.advanced(by: rows.lowerBound), minibatchCount: count, isTraining: isTraining))
  }

  private func runInStages(
    _ mine: Range<Int>, worker: Int, parameters: UnsafePointer<Float>, gradients: [FlatVector]?,
    havingFirstProduct: Bool, leavingWeights: Bool, listener: GradientListener?
  ) throws {
    let last = network.stageCount - 1
    var sums: UnsafePointer<Double>?
    for stage in 0...last {
      if stage > 0 { sums = try meet(beforeStage: stage, isBackward: false, worker: worker) }
      for shard in mine {
        if stage == 0 { try rowExchange?.finishReceivingProducts(of: shard) }
        pass(shard).forward(
          stage: stage, parameters: parameters, sums: sums, havingFirstProduct: havingFirstProduct)
      }
    }
    for shard in mine { losses[shard] = pass(shard).evaluateLoss(scale: gradientScale) }
    guard let gradients else { return }
    for stage in stride(from: last, through: 0, by: -1) {
      if stage < last { sums = try meet(beforeStage: stage + 1, isBackward: true, worker: worker) }
      for shard in mine {
        try pass(shard).backward(
          stage: stage, parameters: parameters, sums: sums, into: gradients[shard - own.lowerBound].base,
          leavingWeights: leavingWeights, layerIsDone: { try layerIsDone($0, of: shard, listener) })
      }
    }
    for _ in mine { try listener?.passIsDone() }
    for shard in mine {
      try writeWeightGradients(of: shard, into: gradients[shard - own.lowerBound].base, listener)
    }
  }

  /// Writes the gradients of a shard's weight matrices in the order that a listener wants; without one they are written.
  private func writeWeightGradients(
    of shard: Int, into gradient: UnsafeMutablePointer<Float>, _ listener: GradientListener?
  ) throws {
    guard let listener else { return }
    for (place, rows) in listener.order.enumerated() {
      pass(shard).writeWeightGradient(rows, into: gradient)
      try listener.rowsAreDone(place)
    }
  }

  /// Waits for all workers and adds up the shards' sums, in a fixed tree.
  private func meet(beforeStage stage: Int, isBackward: Bool, worker: Int) throws -> UnsafePointer<Double> {
    try team.barrier()
    if let group {
      if worker == 0 { try addUp(group, beforeStage: stage, isBackward: isBackward) }
      try team.barrier()
      return UnsafePointer(totals)
    }
    let mine = totals + worker * totalCount
    addUp(into: mine, count: sums(of: 0, beforeStage: stage, isBackward: isBackward).count) {
      sums(of: $0, beforeStage: stage, isBackward: isBackward).start
    }
    return UnsafePointer(mine)
  }

  /// A shard's sums. A layer has at least one, so they have an address.
  private func sums(
    of shard: Int, beforeStage stage: Int, isBackward: Bool
  ) -> (start: UnsafeRawPointer, count: Int) {
    let sums = pass(shard).sums(beforeStage: stage, isBackward: isBackward)
    return (UnsafeRawPointer(sums.baseAddress!), sums.count)
  }

  /// Hands this process's shards' sums to the other ranks, and adds up all.
  private func addUp(_ group: any ProcessGroup, beforeStage stage: Int, isBackward: Bool) throws {
    guard let shardSums else { return }
    // A rank without shards learns the number of sums from the network.
    let count = network.sumCount(beforeStage: stage)
    for shard in own {
      let sums = sums(of: shard, beforeStage: stage, isBackward: isBackward)
      UnsafeMutableRawPointer(shardSums + shard * count).copyMemory(
        from: sums.start, byteCount: count * MemoryLayout<Double>.stride)
    }
    try group.exchange(shardSums, runs: runs.map { $0.lowerBound * count..<$0.upperBound * count })
    addUp(into: totals, count: count) { UnsafeRawPointer(shardSums + $0 * count) }
  }

  private func addUp(
    into totals: UnsafeMutablePointer<Double>, count: Int, _ sums: (_ shard: Int) -> UnsafeRawPointer
  ) {
    withUnsafeTemporaryAllocation(of: UnsafeRawPointer.self, capacity: plan.count) { shards in
      for shard in 0..<plan.count { shards[shard] = sums(shard) }
      var i = 0
      while i + 8 <= count {
        let sum = treeSum(0, plan.count) {
          shards[$0].loadUnaligned(fromByteOffset: 8 &* i, as: SIMD8<Double>.self)
        }
        UnsafeMutableRawPointer(totals + i).storeBytes(of: sum, as: SIMD8<Double>.self)
        i &+= 8
      }
      while i < count {
        let sum = treeSum(0, plan.count) {
          SIMD2(repeating: shards[$0].load(fromByteOffset: 8 &* i, as: Double.self))
        }
        totals[i] = sum.x
        i &+= 1
      }
    }
  }

  /// The ``FixedTree``, over some numbers a shard.
  private func treeSum<Numbers: SIMD>(_ first: Int, _ count: Int, _ value: (Int) -> Numbers) -> Numbers
  where Numbers.Scalar: FloatingPoint {
    if count == 1 { return value(first) }
    var half = 1
    while half * 2 < count { half *= 2 }
    return treeSum(first, half, value) + treeSum(first + half, count - half, value)
  }
}

/// Who is told of a shard's gradients as they are written, one after another and from any worker.
struct GradientListener {
  /// The rows of the weight matrices, all of them, in the order in which their gradients are wanted.
  let order: [WeightRows]
  /// A layer's is written, but for its weight matrix; the last layer comes first.
  let layerIsDone: (_ layer: Int) throws -> Void
  /// All layers' are, and the shard's loss is known.
  let passIsDone: () throws -> Void
  /// That of some rows is written.
  let rowsAreDone: (_ place: Int) throws -> Void
}

extension Matrix {
  /// Whether no element is infinite or not a number.
  fileprivate var isFinite: Bool {
    (0..<rows).allSatisfy { row in (0..<columns).allSatisfy { self.row(row)[$0].isFinite } }
  }
}

extension Minibatch {
  /// What its rows are held against: its target values where it has some, else its labels.
  var lossTargets: Targets {
    targets.map { .values(UnsafePointer($0)) } ?? .classes(UnsafePointer(labels))
  }
}
