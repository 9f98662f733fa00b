public import MillraceNetwork
public import MillracePipeline
public import MillraceThreads
import Synchronization

/// One step of minibatch gradient descent on a team of workers.
///
/// Workers claim shards of the minibatch and compute each shard's gradient; after a barrier each worker sums
/// its own slice of the gradient vector over the shards, in a fixed tree, and steps that slice of the
/// parameters while it is in cache. Everything is allocated once.
public final class DataParallelStep {
  /// The network that is trained.
  public let network: Network
  /// The flat parameter vector; between steps anybody may read it.
  public let parameters: FlatVector
  /// The optimiser's vectors, by its names for them.
  public let states: [(name: String, vector: FlatVector)]

  private let optimizer: any Optimizer
  private let weightDecay: Float
  private let team: WorkerTeam
  private let plan: ShardPlan
  private let passes: [NetworkPass]
  private let gradients: [FlatVector]
  private let reduction: FixedTreeReduction
  private let statePointers: UnsafeMutablePointer<UnsafeMutablePointer<Float>>
  private let nextShard = Atomic<Int>(0)
  /// Written by the worker that claims the shard, read by all after the barrier.
  private let losses: UnsafeMutablePointer<LossSum>

  // The step under way: written by the caller before the team runs.
  private var features: UnsafeMutablePointer<Float>
  private var targets: Targets
  private var count = 0
  private var learningRate: Float = 0
  private var body: (Int) throws -> Void = { _ in }

  /// Elements that are summed and stepped at a time: parameters, velocity and two shards fit a 32 KB cache.
  private static let blockCount = 2048

  /// Allocates everything a step needs.
  ///
  /// - Parameters:
  ///   - network: The network to train.
  ///   - parameters: Its initial values.
  ///   - optimizer: The rule of a step.
  ///   - weightDecay: λ of the penalty ½λ‖w‖².
  ///   - capacity: The most rows of a minibatch.
  ///   - plan: How a minibatch is cut.
  ///   - team: Who computes. It must outlive the step's last run.
  public init(
    network: Network, parameters: [Float], optimizer: any Optimizer, weightDecay: Float, capacity: Int,
    plan: ShardPlan, team: WorkerTeam
  ) {
    self.network = network
    self.parameters = FlatVector(parameters)
    self.optimizer = optimizer
    self.weightDecay = weightDecay
    self.team = team
    self.plan = plan
    states = optimizer.stateNames.map { ($0, FlatVector(count: network.parameterCount)) }
    passes = (0..<plan.count).map { _ in
      NetworkPass(network: network, capacity: plan.capacity(for: capacity), training: true)
    }
    gradients = (0..<plan.count).map { _ in FlatVector(count: network.parameterCount) }
    reduction = FixedTreeReduction(shards: gradients.map(\.base))
    statePointers = .allocate(capacity: max(1, states.count))
    for (index, state) in states.enumerated() { (statePointers + index).initialize(to: state.vector.base) }
    losses = .allocate(capacity: plan.count)
    losses.initialize(repeating: LossSum(), count: plan.count)
    features = self.parameters.base
    targets = .values(UnsafePointer(self.parameters.base))
    // Made once: a closure that is made anew each step would be allocated each step.
    body = { [unowned self] worker in try work(worker) }
  }

  deinit {
    statePointers.deallocate()
    losses.deallocate()
  }

  /// Takes one step.
  ///
  /// - Parameters:
  ///   - minibatch: The samples, at least one.
  ///   - learningRate: η of this step.
  /// - Returns: The loss before the step.
  /// - Throws: ``DivergenceError`` where the loss is not finite; the parameters then stand as before the step.
  public func run(_ minibatch: Minibatch, learningRate: Double) throws -> LossSum {
    features = minibatch.features
    targets = minibatch.lossTargets
    count = minibatch.count
    self.learningRate = Float(learningRate)
    nextShard.store(0, ordering: .relaxed)
    try team.run(body)
    let sum = totalLoss()
    guard sum.loss.isFinite else { throw DivergenceError(loss: sum.mean, learningRate: learningRate) }
    return sum
  }

  private func work(_ worker: Int) throws {
    while true {
      let shard = nextShard.add(1, ordering: .relaxed).oldValue
      if shard >= plan.count { break }
      let rows = plan.rows(of: shard, in: count)
      let inputs = network.configuration.inputCount
      losses[shard] = passes[shard].gradient(
        Matrix(base: features + rows.lowerBound * inputs, rows: rows.count, columns: inputs),
        targets.advanced(by: rows.lowerBound, columns: network.configuration.outputCount),
        parameters: parameters.base, into: gradients[shard].base, scale: 1 / Float(count))
    }
    try team.barrier()
    // Every worker sums the same losses in the same order, so all agree whether to step.
    guard totalLoss().loss.isFinite else { return }
    reduceAndUpdate(slice(of: worker))
  }

  private func totalLoss() -> LossSum {
    var sum = LossSum()
    for shard in 0..<plan.count { sum += losses[shard] }
    return sum
  }

  /// The elements that a worker owns; bounds are multiples of a cache line.
  private func slice(of worker: Int) -> Range<Int> {
    let lines = (network.parameterCount + 15) / 16
    let from = worker * lines / team.count * 16
    let to = (worker + 1) * lines / team.count * 16
    return min(from, network.parameterCount)..<min(to, network.parameterCount)
  }

  private func reduceAndUpdate(_ slice: Range<Int>) {
    for tensor in network.parameters {
      let owned = tensor.range.clamped(to: slice)
      var start = owned.lowerBound
      while start < owned.upperBound {
        let end = min(start + Self.blockCount, owned.upperBound)
        reduction.sum(start..<end)
        optimizer.update(
          ParameterBlock(
            parameters: parameters.base + start, gradient: gradients[0].base + start, states: statePointers,
            offset: start, count: end - start, weightDecay: tensor.description.decays ? weightDecay : 0),
          learningRate: learningRate)
        start = end
      }
    }
  }
}

/// The loss became infinite or not a number.
public struct DivergenceError: Error, Sendable, Hashable, CustomStringConvertible {
  /// The mean loss of the minibatch.
  public let loss: Double
  /// The learning rate of the step.
  public let learningRate: Double

  public var description: String {
    "training diverged: the loss is \(loss) at learning rate \(learningRate); "
      + "try a smaller --lr, or --warmup-epochs 1"
  }
}
