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
  private let passes: [NetworkPass]
  private let nextShard = Atomic<Int>(0)
  /// Each shard's loss: written by its worker, read by all after a barrier.
  private let losses: UnsafeMutablePointer<LossSum>
  /// Each worker's totals of the stage under way.
  private let totals: UnsafeMutablePointer<Double>
  private let totalCount: Int

  // The minibatch under way: written by the caller before the team runs.
  private var features: UnsafeMutablePointer<Float>
  private var targets: Targets?
  private var samples = SampleKeys.none
  private var count = 0
  private var isTraining = false

  init(network: Network, capacity: Int, plan: ShardPlan, team: WorkerTeam, training: Bool) {
    self.network = network
    self.plan = plan
    self.team = team
    passes = (0..<plan.count).map { _ in
      NetworkPass(network: network, capacity: plan.capacity(for: capacity), training: training)
    }
    losses = .allocate(capacity: plan.count)
    losses.initialize(repeating: LossSum(), count: plan.count)
    totalCount = network.largestSumCount
    totals = .allocate(capacity: max(1, totalCount * team.count))
    totals.initialize(repeating: 0, count: max(1, totalCount * team.count))
    features = passes[0].outputs.base
  }

  deinit {
    losses.deallocate()
    totals.deallocate()
  }

  /// Takes the next minibatch. The team must not be running.
  func begin(_ minibatch: Minibatch, targets: Targets?, seed: UInt64, isTraining: Bool) {
    features = minibatch.features
    self.targets = targets
    samples = SampleKeys(seed: seed, epoch: minibatch.epoch, indices: UnsafePointer(minibatch.samples))
    count = minibatch.count
    self.isTraining = isTraining
    nextShard.store(0, ordering: .relaxed)
  }

  /// One worker's part of a pass over the minibatch; every worker of the team must call it.
  ///
  /// - Parameters:
  ///   - worker: Which one.
  ///   - parameters: The network's flat vector.
  ///   - gradients: For each shard a vector as long; nil runs forward alone.
  ///   - leavingWeights: Whether the gradients of weight matrices are left to ``writeWeightGradients(_:into:)``.
  ///   - finished: Is called for each shard of this worker when it is through.
  func run(
    worker: Int, parameters: UnsafePointer<Float>, gradients: [FlatVector]?, leavingWeights: Bool = false,
    finished: (_ shard: Int, _ rows: Range<Int>, _ outputs: Matrix) -> Void = { _, _, _ in }
  ) throws {
    let meets = network.stageCount > 1 && isTraining
    if meets {
      let own = worker * plan.count / team.count..<(worker + 1) * plan.count / team.count
      try runInStages(
        own, worker: worker, parameters: parameters, gradients: gradients, leavingWeights: leavingWeights)
      for shard in own { finished(shard, plan.rows(of: shard, in: count), passes[shard].outputs) }
    } else {
      while true {
        let shard = nextShard.add(1, ordering: .relaxed).oldValue
        if shard >= plan.count { return }
        begin(shard)
        for stage in 0..<network.stageCount {
          passes[shard].forward(stage: stage, parameters: parameters, sums: nil)
        }
        losses[shard] = passes[shard].evaluateLoss(scale: gradientScale)
        if let gradients {
          passes[shard].backward(
            stage: 0, parameters: parameters, sums: nil, into: gradients[shard].base,
            leavingWeights: leavingWeights)
        }
        finished(shard, plan.rows(of: shard, in: count), passes[shard].outputs)
      }
    }
  }

  /// Writes the gradient of some rows of a weight matrix for each shard, once every worker is through.
  func writeWeightGradients(_ rows: WeightRows, into gradients: [FlatVector]) {
    for shard in 0..<plan.count { passes[shard].writeWeightGradient(rows, into: gradients[shard].base) }
  }

  /// The minibatch's loss, once every worker is through: summed in the shards' order.
  var loss: LossSum {
    var sum = LossSum()
    for shard in 0..<plan.count { sum += losses[shard] }
    return sum
  }

  /// The first layer that has an output which is infinite or not a number, by the last pass; nil where none has.
  var firstLayerNotFinite: String? {
    for (index, layer) in network.layers.enumerated() {
      for pass in passes {
        let output = pass.output(ofLayer: index)
        if (0..<output.count).contains(where: { !output.base[$0].isFinite }) {
          return "\(index).\(layer.name)"
        }
      }
    }
    return nil
  }

  /// The share of a layer's units that were not above zero for any row of the last minibatch.
  func deadShare(ofLayer index: Int) -> Double {
    let units = network.layers[index].outputCount
    var isAlive = [Bool](repeating: false, count: units)
    for pass in passes {
      let output = pass.output(ofLayer: index)
      for row in 0..<output.rows {
        for unit in 0..<units where output.row(row)[unit] > 0 { isAlive[unit] = true }
      }
    }
    return Double(isAlive.count { !$0 }) / Double(units)
  }

  private var gradientScale: Float { 1 / Float(max(1, count)) }

  private func begin(_ shard: Int) {
    let rows = plan.rows(of: shard, in: count)
    let inputs = network.configuration.inputCount
    passes[shard].begin(
      NetworkPass.Shard(
        input: Matrix(base: features + rows.lowerBound * inputs, rows: rows.count, columns: inputs),
        targets: targets?.advanced(by: rows.lowerBound, columns: network.configuration.outputCount),
        samples: samples.advanced(by: rows.lowerBound), minibatchCount: count, isTraining: isTraining))
  }

  private func runInStages(
    _ own: Range<Int>, worker: Int, parameters: UnsafePointer<Float>, gradients: [FlatVector]?,
    leavingWeights: Bool
  ) throws {
    let last = network.stageCount - 1
    var sums: UnsafePointer<Double>?
    for shard in own { begin(shard) }
    for stage in 0...last {
      if stage > 0 { sums = try meet(beforeStage: stage, isBackward: false, worker: worker) }
      for shard in own { passes[shard].forward(stage: stage, parameters: parameters, sums: sums) }
    }
    for shard in own { losses[shard] = passes[shard].evaluateLoss(scale: gradientScale) }
    guard let gradients else { return }
    for stage in stride(from: last, through: 0, by: -1) {
      if stage < last { sums = try meet(beforeStage: stage + 1, isBackward: true, worker: worker) }
      for shard in own {
        passes[shard].backward(
          stage: stage, parameters: parameters, sums: sums, into: gradients[shard].base,
          leavingWeights: leavingWeights)
      }
    }
  }

  /// Waits for all workers and adds up the shards' sums, in a fixed tree.
  private func meet(beforeStage stage: Int, isBackward: Bool, worker: Int) throws -> UnsafePointer<Double> {
    try team.barrier()
    let mine = totals + worker * totalCount
    withUnsafeTemporaryAllocation(of: UnsafeRawPointer.self, capacity: plan.count) { shards in
      var count = 0
      for shard in 0..<plan.count {
        let sums = passes[shard].sums(beforeStage: stage, isBackward: isBackward)
        count = sums.count
        // A layer has at least one sum, so they have an address.
        shards[shard] = UnsafeRawPointer(sums.baseAddress!)
      }
      var i = 0
      while i + 8 <= count {
        let sum = treeSum(0, plan.count) {
          shards[$0].loadUnaligned(fromByteOffset: 8 &* i, as: SIMD8<Double>.self)
        }
        UnsafeMutableRawPointer(mine + i).storeBytes(of: sum, as: SIMD8<Double>.self)
        i &+= 8
      }
      while i < count {
        let sum = treeSum(0, plan.count) {
          SIMD2(repeating: shards[$0].load(fromByteOffset: 8 &* i, as: Double.self))
        }
        mine[i] = sum.x
        i &+= 1
      }
    }
    return UnsafePointer(mine)
  }

  /// The same tree as ``FixedTreeReduction``'s, over some numbers a shard.
  private func treeSum<Numbers: SIMD>(_ first: Int, _ count: Int, _ value: (Int) -> Numbers) -> Numbers
  where Numbers.Scalar: FloatingPoint {
    if count == 1 { return value(first) }
    var half = 1
    while half * 2 < count { half *= 2 }
    return treeSum(first, half, value) + treeSum(first + half, count - half, value)
  }
}

extension Minibatch {
  /// What its rows are held against: its target values where it has some, else its labels.
  var lossTargets: Targets {
    targets.map { .values(UnsafePointer($0)) } ?? .classes(UnsafePointer(labels))
  }
}
