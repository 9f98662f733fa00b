package import MillraceNetwork
package import MillracePipeline
package import MillraceShards
package import MillraceThreads

/// One step of minibatch gradient descent on a team of workers, and on a group of processes.
///
/// What is computed is a `StepLayout`; who computes it, a `Placement`; in which order and with whose word, a
/// `StepProgram`; a `StepMachine` does it, on a `StepMemory`. A process alone is the simple case. Everything is
/// allocated once.
package final class DataParallelStep {
  /// The network that is trained.
  package let network: Network
  /// The flat parameter vector; between steps anybody may read it, with a group after ``gatherParameters()``.
  package var parameters: FlatVector { update.parameters }
  /// The optimiser's vectors, by its names for them.
  package var states: [(name: String, vector: FlatVector)] { update.states }
  /// The moving average of the parameters; nil where none is kept. With a group, too, it is to be read after
  /// ``gatherParameters()``.
  package var average: FlatVector? { update.average }
  /// 1 for each parameter that is free, 0 for each that is held at zero; nil: all are free.
  package var mask: FlatVector? { update.mask }
  /// The 2-norm of the last step's gradient, before clipping; nil where it was not asked for.
  package private(set) var gradientNorm: Double?

  /// Steps taken in the whole run; an optimiser's bias correction follows from it.
  package internal(set) var stepsDone = 0

  private let update: ParameterUpdate
  private let clipNorm: Double?
  private let seed: UInt64
  private let group: any ProcessGroup
  private let placement: Placement
  private let memory: StepMemory
  private let gradient: GradientUpdate
  private let machine: StepMachine
  private let programs: [StepProgram.Kind: LoadedProgram]
  /// Whether each rank has stepped rows that others do not know yet.
  private var isScattered = false

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
  ///   - group: The processes that take the step together, each with the same arguments but for the team.
  ///   - mostWorkers: With a group, the most workers of a team: the same everywhere. If it is not, ranks may wait for each
  ///     other for ever; if it is too low, some workers have less to do.
  package init(
    network: Network, parameters: [Float], optimizer: any Optimizer,
    regularization: RegularizationOptions = RegularizationOptions(), seed: UInt64, capacity: Int,
    plan: ShardPlan, team: WorkerTeam, group: any ProcessGroup = SingleProcess(), mostWorkers: Int = 1
  ) {
    precondition(
      parameters.count == network.parameterCount,
      "a network of \(network.parameterCount) parameters got \(parameters.count)")
    self.network = network
    update = ParameterUpdate(of: parameters, by: optimizer, regularization)
    clipNorm = regularization.clipNorm
    self.seed = seed
    self.group = group
    let placement = Placement(
      StepLayout(network: network, shards: plan), capacity: capacity, rank: group.rank, ranks: group.count,
      workers: team.count, mostWorkers: mostWorkers)
    self.placement = placement
    memory = StepMemory(placement, capacity: capacity, group: group)
    gradient = GradientUpdate(memory, update, clipNorm: clipNorm, workers: team.count)
    machine = StepMachine(memory, gradient, team: team, group: group)
    let kinds = [false, true].flatMap { measuresNorm in
      [false, true].map { StepProgram.Kind(measuresNorm: measuresNorm, isOfParts: $0) }
    }
    programs = Dictionary(
      uniqueKeysWithValues: kinds.map { ($0, LoadedProgram(ProgramBuilder.program(placement, $0))) })
  }

  /// Takes one step.
  ///
  /// - Parameters:
  ///   - minibatch: The samples, at least one; with a group, this rank's part of them.
  ///   - learningRate: η of this step.
  ///   - measuringNorm: Whether ``gradientNorm`` is wanted; it costs one more meeting of the workers.
  ///   - next: Where the next minibatch comes from: with a group it is asked to get that ready when the losses are about to be
  ///     handed around. What it begins to gather is there when the step ends, and costs no wait of its own.
  /// - Returns: The loss before the step.
  /// - Throws: ``DivergenceError`` where the loss or a gradient is not finite. After a loss that is not, the
  ///   parameters stand as before the step.
  package func run(
    _ minibatch: Minibatch, learningRate: Double, measuringNorm: Bool = false,
    preparing next: (any MinibatchSource)? = nil
  ) throws -> LossSum {
    let kind = StepProgram.Kind(
      measuresNorm: measuringNorm || clipNorm != nil, isOfParts: minibatch.isPart)
    guard let program = programs[kind] else { preconditionFailure("there is no program for \(kind)") }
    memory.shards.begin(minibatch, targets: minibatch.lossTargets, seed: seed, isTraining: true)
    isScattered = true
    stepsDone += 1
    gradient.begin(step: stepsDone, learningRate: Float(learningRate))
    gradientNorm = nil
    try machine.run(program, preparing: next)
    let loss = memory.shards.loss
    if !loss.loss.isFinite {
      throw DivergenceError(
        what: "the loss is \(loss.loss.isNaN ? "not a number" : "infinite")",
        layer: try memory.shards.firstLayerNotFinite(), learningRate: learningRate)
    }
    let element = gradient.firstNotFinite
    if element >= 0 {
      throw DivergenceError(
        what: "a gradient is not finite",
        layer: network.parameters.first { $0.range.contains(element) }?.name, learningRate: learningRate)
    }
    if kind.measuresNorm { gradientNorm = gradient.norm }
    return loss
  }

  /// Brings ``parameters`` and ``average`` together, of which each rank of a group may have stepped a part. Every rank must
  /// call it.
  package func gatherParameters() throws {
    guard isScattered else { return }
    try gradient.gatherRows(parameters, group)
    if let average { try gradient.gatherRows(average, group) }
    isScattered = false
  }

  /// Brings all ``vectors`` together: of the optimiser's, too, each rank of a group steps its own slices. Before they are
  /// read; every rank must call it.
  package func gatherStates() throws {
    try gatherParameters()
    for state in states { try gradient.gather(state.vector, group) }
  }

  /// The bytes of memory that a step holds: parameters, the optimiser's vectors, activations and gradients.
  package var byteCount: Int {
    let vectors = [parameters] + states.map(\.vector) + [average, mask].compactMap { $0 }
    return vectors.reduce(memory.byteCount) { $0 + $1.byteCount }
  }

  /// Every vector that training needs to go on, by name: what a checkpoint holds beside the model.
  ///
  /// `parameters`, the optimiser's, and where there are such `average` and `mask`.
  package var vectors: [String: [Float]] {
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
  package func restore(_ vectors: [String: [Float]], stepsDone: Int) {
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
    update.mask = vectors["mask"].map(FlatVector.init)
    self.stepsDone = stepsDone
  }

  /// Holds parameters at zero from now on, or frees all. After ``gatherParameters()``.
  ///
  /// - Parameter values: 1 or 0 for each parameter, or nil. Velocities of held parameters are cleared, too.
  package func hold(_ values: [Float]?) { update.hold(values) }

  /// The last step's gradient, summed over the shards, as the optimiser left it. That step must have measured its norm.
  /// Every rank must ask for it.
  func summedGradient() throws -> FlatVector { try gradient.gather(group) }

  /// The share of a layer's units that were not above zero for any sample of the last step's minibatch. Every rank
  /// must ask for it.
  func deadShare(ofLayer index: Int) throws -> Double { try memory.shards.deadShare(ofLayer: index) }
}
