public import MillraceNetwork
public import MillracePipeline
public import MillraceThreads

/// One step of minibatch gradient descent on a team of workers.
///
/// Workers compute the gradients of the minibatch's shards; after a barrier each worker sums its own blocks of
/// the gradient vector over the shards, in a fixed tree, and steps those parameters while they are in cache. Where that
/// keeps the workers busy, each computes the gradients of its own rows of the weight matrices for all shards only then.
/// Everything is allocated once.
public final class DataParallelStep {
  /// The network that is trained.
  public let network: Network
  /// The flat parameter vector; between steps anybody may read it.
  public let parameters: FlatVector
  /// The optimiser's vectors, by its names for them.
  public let states: [(name: String, vector: FlatVector)]
  /// The moving average of the parameters; nil where none is kept.
  public let average: FlatVector?
  /// 1 for each parameter that is free, 0 for each that is held at zero; nil: all are free.
  public private(set) var mask: FlatVector?
  /// The 2-norm of the last step's gradient, before clipping; nil where it was not asked for.
  public private(set) var gradientNorm: Double?

  /// Steps taken in the whole run; an optimiser's bias correction follows from it.
  public internal(set) var stepsDone = 0

  private let optimizer: any Optimizer
  private let regularization: RegularizationOptions
  private let proximalStep: ProximalStep?
  private let maxNorm: MaxNorm?
  private let seed: UInt64
  private let team: WorkerTeam
  private let engine: ShardEngine
  private let gradients: [FlatVector]
  private let reduction: FixedTreeReduction
  private let blocks: ParameterBlocks
  /// Whether the gradients of weight matrices are computed by the workers whose rows they are, after the barrier.
  private let sharesRows: Bool
  /// Each worker's.
  private let portions: [[ParameterBlocks.Portion]]
  /// Each block's sum of squared gradients, where the norm is wanted.
  private let squares: UnsafeMutablePointer<Double>
  private let statePointers: UnsafeMutablePointer<UnsafeMutablePointer<Float>>
  /// For each worker an element whose gradient is infinite or not a number; −1 where there is none.
  private let firstNotFinite: UnsafeMutablePointer<Int>
  private var learningRate: Float = 0
  private var wantsNorm = false
  private var body: (Int) throws -> Void = { _ in }

  /// Allocates everything a step needs.
  ///
  /// - Parameters:
  ///   - network: The network to train.
  ///   - parameters: Its initial values.
  ///   - optimizer: The rule of a step.
  ///   - regularization: Penalties, caps and the moving average.
  ///   - seed: What the random numbers of a step follow from.
  ///   - capacity: The most rows of a minibatch.
  ///   - plan: How a minibatch is cut.
  ///   - team: Who computes. It must outlive the step's last run.
  public init(
    network: Network, parameters: [Float], optimizer: any Optimizer,
    regularization: RegularizationOptions = RegularizationOptions(), seed: UInt64, capacity: Int,
    plan: ShardPlan, team: WorkerTeam
  ) {
    precondition(
      parameters.count == network.parameterCount,
      "a network of \(network.parameterCount) parameters got \(parameters.count)")
    self.network = network
    self.parameters = FlatVector(parameters)
    self.optimizer = optimizer
    self.regularization = regularization
    self.seed = seed
    self.team = team
    proximalStep = regularization.proximalStep
    maxNorm = regularization.maxNorm.map { MaxNorm(limit: Float($0)) }
    engine = ShardEngine(network: network, capacity: capacity, plan: plan, team: team, training: true)
    states = optimizer.stateNames.map { ($0, FlatVector(count: network.parameterCount)) }
    average = regularization.averageDecay.map { _ in FlatVector(parameters) }
    gradients = (0..<plan.count).map { _ in FlatVector(count: network.parameterCount) }
    reduction = FixedTreeReduction(shards: gradients.map(\.base))
    blocks = ParameterBlocks(network: network)
    sharesRows = blocks.sharesRows(workers: team.count, shards: plan.count)
    portions = blocks.portions(workers: team.count, byRows: sharesRows)
    squares = .allocate(capacity: max(1, blocks.blocks.count))
    squares.initialize(repeating: 0, count: max(1, blocks.blocks.count))
    statePointers = .allocate(capacity: max(1, states.count))
    for (index, state) in states.enumerated() { (statePointers + index).initialize(to: state.vector.base) }
    firstNotFinite = .allocate(capacity: team.count)
    firstNotFinite.initialize(repeating: -1, count: team.count)
    // Made once: a closure that is made anew each step would be allocated each step.
    body = { [unowned self] worker in try work(worker) }
  }

  deinit {
    squares.deallocate()
    firstNotFinite.deallocate()
    statePointers.deallocate()
  }

  /// Takes one step.
  ///
  /// - Parameters:
  ///   - minibatch: The samples, at least one.
  ///   - learningRate: η of this step.
  ///   - measuringNorm: Whether ``gradientNorm`` is wanted; it costs one more meeting of the workers.
  /// - Returns: The loss before the step.
  /// - Throws: ``DivergenceError`` where the loss or a gradient is not finite. After a loss that is not, the
  ///   parameters stand as before the step.
  public func run(
    _ minibatch: Minibatch, learningRate: Double, measuringNorm: Bool = false
  ) throws -> LossSum {
    engine.begin(minibatch, targets: minibatch.lossTargets, seed: seed, isTraining: true)
    self.learningRate = Float(learningRate)
    stepsDone += 1
    wantsNorm = measuringNorm || regularization.clipNorm != nil
    gradientNorm = nil
    try team.run(body)
    let loss = engine.loss
    if !loss.loss.isFinite {
      throw DivergenceError(
        what: "the loss is \(loss.loss.isNaN ? "not a number" : "infinite")",
        layer: engine.firstLayerNotFinite, learningRate: learningRate)
    }
    if let element = (0..<team.count).compactMap({ firstNotFinite[$0] >= 0 ? firstNotFinite[$0] : nil }).min()
    {
      throw DivergenceError(
        what: "a gradient is not finite",
        layer: network.parameters.first { $0.range.contains(element) }?.name, learningRate: learningRate)
    }
    if wantsNorm { gradientNorm = totalNorm }
    return loss
  }

  /// Every vector that training needs to go on, by name: what a checkpoint holds beside the model.
  ///
  /// `parameters`, the optimiser's, and where there are such `average` and `mask`.
  public var vectors: [String: [Float]] {
    var vectors = ["parameters": parameters.values]
    for state in states { vectors["optimizer.\(state.name)"] = state.vector.values }
    vectors["average"] = average?.values
    vectors["mask"] = mask?.values
    return vectors
  }

  /// The names of the vectors that every checkpoint of this step has; a mask may come with them.
  var vectorNames: [String] {
    ["parameters"] + states.map { "optimizer.\($0.name)" } + (average == nil ? [] : ["average"])
  }

  /// Goes back to a checkpoint.
  ///
  /// - Parameters:
  ///   - vectors: What ``vectors`` gave, from a step with the same network and options.
  ///   - stepsDone: Steps taken until then.
  public func restore(_ vectors: [String: [Float]], stepsDone: Int) {
    func take(_ name: String, into vector: FlatVector) {
      guard let values = vectors[name], values.count == vector.count else {
        preconditionFailure(
          "a checkpoint of another network or optimiser has no '\(name)' of \(vector.count) values")
      }
      vector.assign(values)
    }
    take("parameters", into: parameters)
    for state in states { take("optimizer.\(state.name)", into: state.vector) }
    if let average { take("average", into: average) }
    mask = vectors["mask"].map(FlatVector.init)
    self.stepsDone = stepsDone
  }

  /// Holds parameters at zero from now on, or frees all.
  ///
  /// - Parameter values: 1 or 0 for each parameter, or nil. Velocities of held parameters are cleared, too.
  public func hold(_ values: [Float]?) {
    mask = values.map(FlatVector.init)
    guard let mask else { return }
    for vector in [parameters] + states.map(\.vector) + [average].compactMap({ $0 }) {
      multiply(vector.base, by: mask.base, count: mask.count)
    }
  }

  /// The last step's gradient, summed over the shards, as the optimiser left it.
  var summedGradient: FlatVector { gradients[0] }

  /// The share of a layer's units that were not above zero for any sample of the last step's minibatch.
  func deadShare(ofLayer index: Int) -> Double { engine.deadShare(ofLayer: index) }

  // MARK: On every worker

  private func work(_ worker: Int) throws {
    try engine.run(
      worker: worker, parameters: parameters.base, gradients: gradients, leavingWeights: sharesRows)
    try team.barrier()
    // Every worker sums the same losses in the same order, so all agree whether to step.
    guard engine.loss.loss.isFinite else { return }
    var scale: Float = 1
    if wantsNorm {
      for portion in portions[worker] {
        writeWeightGradients(portion)
        for index in portion.blocks {
          let square = reduceAndSquare(blocks.blocks[index].elements)
          // Statistics are no gradient.
          if case .statistic = blocks.blocks[index].role {
            squares[index] = 0
          } else {
            squares[index] = square
          }
        }
      }
      try team.barrier()
      let norm = totalNorm
      if let limit = regularization.clipNorm, norm > limit { scale = Float(limit / norm) }
    }
    firstNotFinite[worker] = -1
    for portion in portions[worker] {
      if !wantsNorm { writeWeightGradients(portion) }
      for index in portion.blocks {
        let isFinite = update(blocks.blocks[index], isReduced: wantsNorm, scale: scale)
        if !isFinite { firstNotFinite[worker] = blocks.blocks[index].elements.lowerBound }
      }
    }
  }

  private func writeWeightGradients(_ portion: ParameterBlocks.Portion) {
    if let weights = portion.weights { engine.writeWeightGradients(weights, into: gradients) }
  }

  private var totalNorm: Double {
    var sum = 0.0
    for index in blocks.blocks.indices { sum += squares[index] }
    return sum.squareRoot()
  }

  /// Sums a block over the shards and returns its sum of squares.
  private func reduceAndSquare(_ elements: Range<Int>) -> Double {
    reduction.sum(elements)
    let sum = gradients[0].base
    var lanes = SIMD8<Double>.zero
    var i = elements.lowerBound
    while i + 8 <= elements.upperBound {
      let g = SIMD8<Double>(UnsafeRawPointer(sum + i).loadUnaligned(as: SIMD8<Float>.self))
      lanes += g * g
      i += 8
    }
    var square = lanes.sum()
    while i < elements.upperBound {
      square += Double(sum[i]) * Double(sum[i])
      i += 1
    }
    return square
  }

  /// Sums and steps a block; returns whether its gradient was finite.
  private func update(_ block: ParameterBlocks.Block, isReduced: Bool, scale: Float) -> Bool {
    var isFinite = true
    // Rows may be longer than what fits the cache: pieces of them are summed and stepped in turn.
    var start = block.elements.lowerBound
    while start < block.elements.upperBound {
      let piece = start..<min(start + ParameterBlocks.wanted, block.elements.upperBound)
      if !isReduced { reduction.sum(piece) }
      isFinite = isFinite && allFinite(gradients[0].base + piece.lowerBound, count: piece.count)
      step(block.role, piece, scale: scale)
      start = piece.upperBound
    }
    let values = parameters.base + block.elements.lowerBound
    if let maxNorm, block.role == .weight {
      maxNorm.project(values, count: block.elements.count / block.columns, columns: block.columns)
    }
    if let average, let decay = regularization.averageDecay {
      let mean = average.base + block.elements.lowerBound
      let share = Float(1 - decay)
      for i in 0..<block.elements.count { mean[i] += share * (values[i] - mean[i]) }
    }
    return isFinite
  }

  private func step(_ role: ParameterDescription.Role, _ piece: Range<Int>, scale: Float) {
    let values = parameters.base + piece.lowerBound
    let sum = gradients[0].base + piece.lowerBound
    if case .statistic(let momentum) = role {
      for i in 0..<piece.count { values[i] += momentum * (sum[i] - values[i]) }
      return
    }
    if scale != 1 { for i in 0..<piece.count { sum[i] *= scale } }
    optimizer.update(
      ParameterBlock(
        parameters: values, gradient: sum, states: statePointers, offset: piece.lowerBound,
        count: piece.count, weightDecay: role == .weight ? Float(regularization.weightDecay) : 0),
      learningRate: learningRate, step: stepsDone)
    if role == .weight {
      proximalStep?.shrink(values, count: piece.count, learningRate: learningRate)
    }
    if let mask {
      multiply(values, by: mask.base + piece.lowerBound, count: piece.count)
      for state in states {
        multiply(state.vector.base + piece.lowerBound, by: mask.base + piece.lowerBound, count: piece.count)
      }
    }
  }
}

private func multiply(_ values: UnsafeMutablePointer<Float>, by factors: UnsafePointer<Float>, count: Int) {
  for i in 0..<count { values[i] *= factors[i] }
}

/// Whether no value is infinite or not a number. The values are in cache: it costs next to nothing.
private func allFinite(_ values: UnsafePointer<Float>, count: Int) -> Bool {
  // Infinity times zero is not a number, and that stays.
  var lanes = SIMD8<Float>.zero
  var i = 0
  while i &+ 8 <= count {
    lanes += UnsafeRawPointer(values + i).loadUnaligned(as: SIMD8<Float>.self) * 0
    i &+= 8
  }
  var sum = lanes.sum()
  while i < count {
    sum += values[i] * 0
    i &+= 1
  }
  return sum == 0
}
