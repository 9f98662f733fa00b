package import MillraceNetwork
package import MillracePipeline
package import MillraceThreads
import Synchronization

/// The forward pass over minibatches on a team of workers, cut into shards as training is.
///
/// Shards, not threads, decide what is computed together, so losses and outputs are the same bits for any team.
package final class ShardedInference {
  private let team: WorkerTeam
  private let group: any ProcessGroup
  private let work: InferenceWork
  private var count = 0
  private let body: @Sendable (Int) throws -> Void

  /// Allocates everything a minibatch needs.
  ///
  /// - Parameters:
  ///   - network: The network to run.
  ///   - capacity: The most rows of a minibatch.
  ///   - plan: How a minibatch is cut.
  ///   - team: Who computes. It must outlive the last run.
  ///   - group: The ranks that share each minibatch.
  ///   - keepsFeatures: Whether ``features`` are wanted.
  package init(
    network: Network, capacity: Int, plan: ShardPlan, team: WorkerTeam,
    group: any ProcessGroup = SingleProcess(), keepsFeatures: Bool = false
  ) {
    self.team = team
    self.group = group
    let shards = ShardPasses(
      network: network, capacity: capacity, plan: plan, training: false, group: group)
    let work = InferenceWork(
      shards, outputs: FlatVector(count: capacity * network.outputCount),
      features: keepsFeatures ? FlatVector(count: capacity * network.featureCount) : nil)
    self.work = work
    body = { _ in work.runShards() }
  }

  /// Runs the network over a minibatch and sums its loss.
  ///
  /// - Parameters:
  ///   - minibatch: The samples; with a group, this rank's part of them.
  ///   - parameters: The network's flat vector.
  ///   - labelled: Whether the minibatch has targets; without, the loss is of no samples.
  @discardableResult
  package func run(
    _ minibatch: Minibatch, parameters: UnsafePointer<Float>, labelled: Bool = true
  ) throws -> LossSum {
    count = minibatch.count
    work.shards.begin(
      minibatch, targets: labelled ? minibatch.lossTargets : nil, seed: 0, isTraining: false)
    work.begin(parameters)
    try team.run(body)
    try work.shards.beginSharingLosses()
    try group.finishGathering()
    return work.shards.loss
  }

  /// The features of the last minibatch, (count, `Network/featureCount`); nil unless they are kept. Valid until the next run.
  package var features: Matrix? {
    work.features.map {
      Matrix(base: $0.base, rows: count, columns: work.shards.network.featureCount)
    }
  }

  /// What a user reads of the last minibatch: (count, outputs), probabilities for a classifier.
  ///
  /// Valid until the next run.
  package func predictions() -> Matrix {
    let matrix = Matrix(
      base: work.outputs.base, rows: count, columns: work.shards.network.outputCount)
    work.shards.network.loss.predict(matrix)
    return matrix
  }
}

/// What workers share that run a network forward.
///
/// - Note: `@unchecked Sendable` holds because each shard is run by the worker that has claimed it, and has rows of the
///   outputs of its own; everything else is written between runs.
private final class InferenceWork: @unchecked Sendable {
  let shards: ShardPasses
  let outputs: FlatVector
  let features: FlatVector?
  private var parameters: UnsafePointer<Float>
  private let nextShard = Atomic<Int>(0)

  init(_ shards: ShardPasses, outputs: FlatVector, features: FlatVector?) {
    self.shards = shards
    self.outputs = outputs
    self.features = features
    parameters = UnsafePointer(outputs.base)
  }

  /// Begins with the first shard of the minibatch under way.
  func begin(_ parameters: UnsafePointer<Float>) {
    self.parameters = parameters
    nextShard.store(shards.own.lowerBound, ordering: .relaxed)
  }

  /// Takes shards until none is left.
  func runShards() {
    let columns = shards.network.outputCount
    while true {
      let shard = nextShard.add(1, ordering: .relaxed).oldValue
      guard shard < shards.own.upperBound else { return }
      shards[shard].forward(parameters: parameters)
      shards.evaluateLoss(of: shard)
      let results = shards[shard].outputs
      for (place, row) in zip(shards.rows(of: shard), 0..<results.rows) {
        (outputs.base + place * columns).update(from: results.row(row), count: columns)
      }
      guard let features else { continue }
      let (read, width) = (shards[shard].features, shards.network.featureCount)
      for (place, row) in zip(shards.rows(of: shard), 0..<read.rows) {
        (features.base + place * width).update(from: read.row(row), count: width)
      }
    }
  }
}
