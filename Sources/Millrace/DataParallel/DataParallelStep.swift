public import MillraceNetwork
public import MillracePipeline
public import MillraceThreads

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

  /// Steps taken in the whole run; an optimiser's bias correction follows from it.
  public internal(set) var stepsDone = 0

  private let optimizer: any Optimizer
  private let weightDecay: Float
  private let seed: UInt64
  private let team: WorkerTeam
  private let engine: ShardEngine
  private let gradients: [FlatVector]
  private let reduction: FixedTreeReduction
  private let statePointers: UnsafeMutablePointer<UnsafeMutablePointer<Float>>
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
  ///   - seed: What the random numbers of a step follow from.
  ///   - capacity: The most rows of a minibatch.
  ///   - plan: How a minibatch is cut.
  ///   - team: Who computes. It must outlive the step's last run.
  public init(
    network: Network, parameters: [Float], optimizer: any Optimizer, weightDecay: Float, seed: UInt64,
    capacity: Int, plan: ShardPlan, team: WorkerTeam
  ) {
    self.network = network
    self.parameters = FlatVector(parameters)
    self.optimizer = optimizer
    self.weightDecay = weightDecay
    self.seed = seed
    self.team = team
    engine = ShardEngine(network: network, capacity: capacity, plan: plan, team: team, training: true)
    states = optimizer.stateNames.map { ($0, FlatVector(count: network.parameterCount)) }
    gradients = (0..<plan.count).map { _ in FlatVector(count: network.parameterCount) }
    reduction = FixedTreeReduction(shards: gradients.map(\.base))
    statePointers = .allocate(capacity: max(1, states.count))
    for (index, state) in states.enumerated() { (statePointers + index).initialize(to: state.vector.base) }
    // Made once: a closure that is made anew each step would be allocated each step.
    body = { [unowned self] worker in try work(worker) }
  }

  deinit { statePointers.deallocate() }

  /// Takes one step.
  ///
  /// - Parameters:
  ///   - minibatch: The samples, at least one.
  ///   - learningRate: η of this step.
  /// - Returns: The loss before the step.
  /// - Throws: ``DivergenceError`` where the loss is not finite; the parameters then stand as before the step.
  public func run(_ minibatch: Minibatch, learningRate: Double) throws -> LossSum {
    engine.begin(minibatch, targets: minibatch.lossTargets, seed: seed, isTraining: true)
    self.learningRate = Float(learningRate)
    try team.run(body)
    let loss = engine.loss
    guard loss.loss.isFinite else { throw DivergenceError(loss: loss.mean, learningRate: learningRate) }
    stepsDone += 1
    return loss
  }

  private func work(_ worker: Int) throws {
    try engine.run(worker: worker, parameters: parameters.base, gradients: gradients)
    try team.barrier()
    // Every worker sums the same losses in the same order, so all agree whether to step.
    guard engine.loss.loss.isFinite else { return }
    reduceAndUpdate(slice(of: worker))
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
        update(tensor.description.role, start..<end)
        start = end
      }
    }
  }
}

extension DataParallelStep {
  /// Steps a block whose summed gradient stands in the first shard's vector.
  private func update(_ role: ParameterDescription.Role, _ block: Range<Int>) {
    let values = parameters.base + block.lowerBound
    let sum = gradients[0].base + block.lowerBound
    switch role {
    case .weight, .bias:
      optimizer.update(
        ParameterBlock(
          parameters: values, gradient: sum, states: statePointers, offset: block.lowerBound,
          count: block.count, weightDecay: role == .weight ? weightDecay : 0),
        learningRate: learningRate, step: stepsDone + 1)
    case .statistic(let momentum):
      for i in 0..<block.count { values[i] += momentum * (sum[i] - values[i]) }
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
