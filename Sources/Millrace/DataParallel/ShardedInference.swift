public import MillraceNetwork
public import MillracePipeline
public import MillraceThreads
import Synchronization

/// The forward pass over minibatches on a team of workers, cut into shards as training is.
///
/// Shards, not threads, decide what is computed together, so losses and outputs are the same bits for any team.
public final class ShardedInference {
  private let team: WorkerTeam
  private let group: any ProcessGroup
  private let shards: ShardPasses
  private let outputs: FlatVector
  private var parameters: UnsafePointer<Float>
  private var count = 0
  private let nextShard = Atomic<Int>(0)
  private var body: (Int) throws -> Void = { _ in }

  /// Allocates everything a minibatch needs.
  ///
  /// - Parameters:
  ///   - network: The network to run.
  ///   - capacity: The most rows of a minibatch.
  ///   - plan: How a minibatch is cut.
  ///   - team: Who computes. It must outlive the last run.
  ///   - group: The ranks that share each minibatch.
  public init(
    network: Network, capacity: Int, plan: ShardPlan, team: WorkerTeam,
    group: any ProcessGroup = SingleProcess()
  ) {
    self.team = team
    self.group = group
    shards = ShardPasses(network: network, capacity: capacity, plan: plan, training: false, group: group)
    outputs = FlatVector(count: capacity * network.configuration.outputCount)
    parameters = UnsafePointer(outputs.base)
    body = { [unowned self] _ in runShards() }
  }

  /// Runs the network over a minibatch and sums its loss.
  ///
  /// - Parameters:
  ///   - minibatch: The samples; with a group, this rank's part of them.
  ///   - parameters: The network's flat vector.
  ///   - labelled: Whether the minibatch has targets; without, the loss is of no samples.
  @discardableResult
  public func run(
    _ minibatch: Minibatch, parameters: UnsafePointer<Float>, labelled: Bool = true
  ) throws -> LossSum {
    self.parameters = parameters
    count = minibatch.count
    shards.begin(minibatch, targets: labelled ? minibatch.lossTargets : nil, seed: 0, isTraining: false)
    nextShard.store(shards.own.lowerBound, ordering: .relaxed)
    try team.run(body)
    try shards.beginSharingLosses()
    try group.finishGathering()
    return shards.loss
  }

  /// Takes shards until none is left.
  private func runShards() {
    let columns = shards.network.configuration.outputCount
    while true {
      let shard = nextShard.add(1, ordering: .relaxed).oldValue
      guard shard < shards.own.upperBound else { return }
      shards[shard].forward(parameters: parameters)
      shards.evaluateLoss(of: shard)
      let results = shards[shard].outputs
      for (place, row) in zip(shards.rows(of: shard), 0..<results.rows) {
        (outputs.base + place * columns).update(from: results.row(row), count: columns)
      }
    }
  }

  /// What a user reads of the last minibatch: (count, outputs), probabilities for a classifier.
  ///
  /// Valid until the next run.
  public func predictions() -> Matrix {
    let matrix = Matrix(
      base: outputs.base, rows: count, columns: shards.network.configuration.outputCount)
    shards.network.loss.predict(matrix)
    return matrix
  }
}
