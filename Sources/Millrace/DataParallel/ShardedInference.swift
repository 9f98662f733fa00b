public import MillraceNetwork
public import MillracePipeline
public import MillraceThreads

/// The forward pass over minibatches on a team of workers, cut into shards as training is.
///
/// Shards, not threads, decide what is computed together, so losses and outputs are the same bits for any team.
public final class ShardedInference {
  private let team: WorkerTeam
  private let group: (any ProcessGroup)?
  private let engine: ShardEngine
  private let outputs: FlatVector
  private var parameters: UnsafePointer<Float>
  private var count = 0
  private var body: (Int) throws -> Void = { _ in }

  /// Allocates everything a minibatch needs.
  ///
  /// - Parameters:
  ///   - network: The network to run.
  ///   - capacity: The most rows of a minibatch.
  ///   - plan: How a minibatch is cut.
  ///   - team: Who computes. It must outlive the last run.
  ///   - group: The ranks that share each minibatch; nil: this process has it all.
  public init(
    network: Network, capacity: Int, plan: ShardPlan, team: WorkerTeam, group: (any ProcessGroup)? = nil
  ) {
    self.team = team
    self.group = group
    engine = ShardEngine(
      network: network, capacity: capacity, plan: plan, team: team, training: false, group: group)
    outputs = FlatVector(count: capacity * network.configuration.outputCount)
    parameters = UnsafePointer(outputs.base)
    body = { [unowned self] worker in
      let columns = engine.network.configuration.outputCount
      try engine.run(
        worker: worker, parameters: parameters, gradients: nil,
        finished: { _, rows, results in
          for (place, row) in zip(rows, 0..<results.rows) {
            (outputs.base + place * columns).update(from: results.row(row), count: columns)
          }
        })
    }
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
    try engine.begin(minibatch, targets: labelled ? minibatch.lossTargets : nil, seed: 0, isTraining: false)
    try team.run(body)
    try engine.beginSharingLosses()
    try group?.finishGathering()
    return engine.loss
  }

  /// What a user reads of the last minibatch: (count, outputs), probabilities for a classifier.
  ///
  /// Valid until the next run.
  public func predictions() -> Matrix {
    let matrix = Matrix(
      base: outputs.base, rows: count, columns: engine.network.configuration.outputCount)
    engine.network.loss.predict(matrix)
    return matrix
  }
}
