package import MillraceNetwork
package import MillracePipeline

/// The shards of a minibatch that a process computes: a pass through the network for each, and the losses of all.
package final class ShardPasses {
  package let network: Network
  package let plan: ShardPlan
  /// The shards that are computed here.
  package let own: Range<Int>
  private let ranks: RankPlan
  private let group: any ProcessGroup
  /// One for each of them.
  private let passes: [NetworkPass]
  /// Each shard's loss: written by its worker, read by all after a meeting.
  private let losses: UnsafeMutablePointer<LossSum>

  // The minibatch under way: written by the caller before the workers begin.
  package private(set) var minibatch: Minibatch?
  private var gradientScale: Float = 1

  /// - Parameters:
  ///   - network: The network.
  ///   - capacity: The most rows of a minibatch, over all ranks.
  ///   - plan: How a minibatch is cut.
  ///   - training: Whether gradients will be asked for.
  ///   - group: The ranks that share the minibatch.
  package init(network: Network, capacity: Int, plan: ShardPlan, training: Bool, group: any ProcessGroup) {
    self.network = network
    self.plan = plan
    self.group = group
    ranks = RankPlan(shards: plan, ranks: group.count)
    own = ranks.run(of: group.rank)
    passes = own.map { _ in
      NetworkPass(network: network, capacity: plan.capacity(for: capacity), training: training)
    }
    losses = .allocate(capacity: plan.count)
    losses.initialize(repeating: LossSum(), count: plan.count)
  }

  deinit { losses.deallocate() }

  /// The pass of one of this process's shards.
  package subscript(shard: Int) -> NetworkPass { passes[shard - own.lowerBound] }

  /// The bytes that are held.
  package var byteCount: Int { passes.reduce(0) { $0 + $1.byteCount } }

  /// Takes the next minibatch. No worker may be running.
  package func begin(_ minibatch: Minibatch, targets: Targets?, seed: UInt64, isTraining: Bool) {
    self.minibatch = minibatch
    gradientScale = 1 / Float(max(1, minibatch.totalCount))
    let samples = SampleKeys(
      seed: seed, epoch: minibatch.epoch, indices: UnsafePointer(minibatch.samples),
      turns: UnsafePointer(minibatch.turns))
    for shard in own {
      let rows = rows(of: shard)
      self[shard].begin(
        NetworkPass.Shard(
          input: input(minibatch, rows),
          targets: targets?.advanced(by: rows.lowerBound, columns: network.outputCount),
          weights: UnsafePointer(minibatch.weights + rows.lowerBound),
          samples: samples.advanced(by: rows.lowerBound), minibatchCount: minibatch.totalCount,
          isTraining: isTraining))
    }
  }

  /// The rows of the minibatch under way, as it lies here, that a shard has.
  package func rows(of shard: Int) -> Range<Int> {
    guard let minibatch else { return 0..<0 }
    return minibatch.rows(within: plan.rows(of: shard, in: minibatch.plannedCount))
  }

  private func input(_ minibatch: Minibatch, _ rows: Range<Int>) -> Matrix {
    Matrix(
      base: minibatch.features(ofRow: rows.lowerBound), rows: rows.count,
      columns: network.inputCount, stride: minibatch.featureStride)
  }

  /// The inputs of any shard, where the whole minibatch lies here.
  package func input(of shard: Int) -> Matrix {
    guard let minibatch else { preconditionFailure("no minibatch has begun") }
    return input(minibatch, rows(of: shard))
  }

  /// Sums the loss of a shard that is through, and where it is learned from begins its way back.
  package func evaluateLoss(of shard: Int) { losses[shard] = self[shard].evaluateLoss(scale: gradientScale) }

  /// Begins to hand the losses of this process's shards to the other ranks, which `finishGathering()` ends. By one worker,
  /// when all are through.
  package func beginSharingLosses() throws { try group.beginExchange(losses, runs: ranks.runs) }

  /// The minibatch's loss, once every shard is through: summed in the shards' order.
  package var loss: LossSum {
    var sum = LossSum()
    for shard in 0..<plan.count { sum += losses[shard] }
    return sum
  }

  /// The first layer that has an output which is infinite or not a number, by the last pass; nil where none has. Every
  /// rank must ask for it, since each has seen its own shards alone.
  package func firstLayerNotFinite() throws -> String? {
    let layers = network.layers
    let own = layers.indices.first { index in passes.contains { !$0.output(ofLayer: index).isFinite } }
    let first = try group.exchange(own ?? layers.count).min() ?? layers.count
    return first < layers.count ? "\(first).\(layers[first].name)" : nil
  }

  /// The share of a layer's units that were not above zero for any row of the last minibatch; a unit of a convolution is a
  /// channel, which has many places. Every rank must ask for it.
  package func deadShare(ofLayer index: Int) throws -> Double {
    let layer = network.layers[index]
    let units = (layer as? Convolution)?.channels ?? layer.outputCount
    var isAlive = [Bool](repeating: false, count: units * group.count)
    for pass in passes {
      let output = pass.output(ofLayer: index)
      for row in 0..<output.rows {
        for column in 0..<output.columns where output.row(row)[column] > 0 {
          isAlive[group.rank * units + column % units] = true
        }
      }
    }
    try isAlive.withUnsafeMutableBufferPointer { alive in
      // A layer has a unit.
      try group.exchange(alive.baseAddress!, runs: (0..<group.count).map { $0 * units..<($0 + 1) * units })
    }
    let dead = (0..<units).count { unit in !(0..<group.count).contains { isAlive[$0 * units + unit] } }
    return Double(dead) / Double(units)
  }
}

extension Matrix {
  /// Whether no element is infinite or not a number.
  fileprivate var isFinite: Bool {
    (0..<rows).allSatisfy { row in (0..<columns).allSatisfy { self.row(row)[$0].isFinite } }
  }
}

extension Minibatch {
  /// What its rows are held against: its target values where it has some, else its labels.
  package var lossTargets: Targets {
    targets.map { .values(UnsafePointer($0)) } ?? .classes(UnsafePointer(labels))
  }
}
