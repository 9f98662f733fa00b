public import MillraceNetwork
public import MillracePipeline
public import MillraceThreads
import Synchronization

/// The forward pass over minibatches on a team of workers, cut into the same shards as training.
///
/// Shards, not threads, decide what is computed together, so losses and outputs are the same bits for any team.
public final class ShardedInference {
  /// The network that is run.
  public let network: Network

  private let team: WorkerTeam
  private let plan: ShardPlan
  private let passes: [NetworkPass]
  private let nextShard = Atomic<Int>(0)
  private let losses: UnsafeMutablePointer<LossSum>
  private let outputs: FlatVector

  private var features: UnsafeMutablePointer<Float>
  private var targets: Targets?
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
  public init(network: Network, capacity: Int, plan: ShardPlan, team: WorkerTeam) {
    self.network = network
    self.team = team
    self.plan = plan
    passes = (0..<plan.count).map { _ in
      NetworkPass(network: network, capacity: plan.capacity(for: capacity), training: false)
    }
    losses = .allocate(capacity: plan.count)
    losses.initialize(repeating: LossSum(), count: plan.count)
    outputs = FlatVector(count: capacity * network.configuration.outputCount)
    features = outputs.base
    parameters = UnsafePointer(outputs.base)
    body = { [unowned self] worker in work() }
  }

  deinit { losses.deallocate() }

  /// Runs the network over a minibatch and sums its loss.
  ///
  /// - Parameters:
  ///   - minibatch: The samples.
  ///   - parameters: The network's flat vector.
  ///   - labelled: Whether the minibatch has targets; without, the loss is zero.
  public func run(
    _ minibatch: Minibatch, parameters: UnsafePointer<Float>, labelled: Bool = true
  ) throws -> LossSum {
    features = minibatch.features
    targets = labelled ? minibatch.lossTargets : nil
    self.parameters = parameters
    count = minibatch.count
    nextShard.store(0, ordering: .relaxed)
    try team.run(body)
    var sum = LossSum()
    for shard in 0..<plan.count { sum += losses[shard] }
    return sum
  }

  /// The last layer's outputs of the last minibatch, (count, outputs), valid until the next run.
  public var lastOutputs: Matrix {
    Matrix(base: outputs.base, rows: count, columns: network.configuration.outputCount)
  }

  private func work() {
    let inputs = network.configuration.inputCount
    let columns = network.configuration.outputCount
    while true {
      let shard = nextShard.add(1, ordering: .relaxed).oldValue
      if shard >= plan.count { break }
      let rows = plan.rows(of: shard, in: count)
      let input = Matrix(base: features + rows.lowerBound * inputs, rows: rows.count, columns: inputs)
      let result = passes[shard].forward(input, parameters: parameters)
      if let targets {
        losses[shard] = network.loss.evaluate(
          result, targets.advanced(by: rows.lowerBound, columns: columns), gradient: nil, scale: 1)
      } else {
        losses[shard] = LossSum()
      }
      (outputs.base + rows.lowerBound * columns).update(from: result.base, count: result.count)
    }
  }
}
