public import MillraceNetwork
public import MillracePipeline
public import MillraceThreads
import Synchronization

/// One step of minibatch gradient descent on a team of workers.
///
/// Workers compute the gradients of the minibatch's shards; after a barrier each worker sums its own blocks of
/// the gradient vector over the shards, in a fixed tree, and steps those parameters while they are in cache. Where that
/// keeps the workers busy, each has its own rows of the weight matrices instead: it alone multiplies the first layer's with
/// the inputs of all shards, computes the gradients of its own for all shards, and steps them.
/// With a group of processes each has some of the shards and of the blocks, and the tree goes on across them:
/// `GradientExchange`. Where it is less to send, they share the first layer's rows as workers do: `RowExchange`.
/// Everything is allocated once.
public final class DataParallelStep {
  /// The network that is trained.
  public let network: Network
  /// The flat parameter vector; between steps anybody may read it, with a group after ``gatherParameters()``.
  public var parameters: FlatVector { update.parameters }
  /// The optimiser's vectors, by its names for them.
  public var states: [(name: String, vector: FlatVector)] { update.states }
  /// The moving average of the parameters; nil where none is kept. With a group, too, it is to be read after
  /// ``gatherParameters()``.
  public var average: FlatVector? { update.average }
  /// 1 for each parameter that is free, 0 for each that is held at zero; nil: all are free.
  public var mask: FlatVector? { update.mask }
  /// The 2-norm of the last step's gradient, before clipping; nil where it was not asked for.
  public private(set) var gradientNorm: Double?

  /// With a group, is called once in each step, when the losses are about to be handed around: what it begins to gather
  /// is there when the step ends, and costs no wait of its own.
  var alongside: (() throws -> Void)?

  /// Steps taken in the whole run; an optimiser's bias correction follows from it.
  public internal(set) var stepsDone = 0

  private let update: ParameterUpdate
  private let clipNorm: Double?
  private let seed: UInt64
  private let team: WorkerTeam
  private let engine: ShardEngine
  /// For each shard of this process.
  private let gradients: [FlatVector]
  private let blocks: ParameterBlocks
  private let schedule: StepSchedule
  private let group: (any ProcessGroup)?
  private let exchange: GradientExchange?
  /// Where the ranks of a group share the rows of the first layer's weights.
  private let rowExchange: RowExchange?
  /// Whether each rank has stepped rows that others do not know yet.
  private var isScattered = false
  /// With a group, each worker's blocks of what every rank has whole after a step.
  private let slices: [Range<Int>]
  /// The whole gradient of a step whose norm or figures are wanted, as far as no shard's vector holds it; nil where the
  /// first shard's holds all.
  private let wholeGradient: FlatVector?
  /// Each block's sum of squared gradients, where the norm is wanted.
  private let squares: UnsafeMutablePointer<Double>
  /// For each worker the first element of the first of its blocks whose gradient is infinite or not a number; −1 where
  /// there is none. With a group, each rank's follow.
  private let firstNotFinite: UnsafeMutablePointer<Int>
  private let firstNotFiniteCount: Int
  private var wantsNorm = false
  private var body: (Int) throws -> Void = { _ in }
  private var listener: GradientListener?
  /// This process's shards that are not through yet.
  private let passesLeft = Atomic<Int>(0)

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
  ///   - group: The processes that take the step together, each with the same arguments but for the team; nil: this one
  ///     alone.
  ///   - mostWorkers: With a group, the most workers of a team: the same everywhere. If it is not, ranks may wait for each
  ///     other for ever; if it is too low, some workers have less to do.
  public init(
    network: Network, parameters: [Float], optimizer: any Optimizer,
    regularization: RegularizationOptions = RegularizationOptions(), seed: UInt64, capacity: Int,
    plan: ShardPlan, team: WorkerTeam, group: (any ProcessGroup)? = nil, mostWorkers: Int = 1
  ) {
    precondition(
      parameters.count == network.parameterCount,
      "a network of \(network.parameterCount) parameters got \(parameters.count)")
    self.network = network
    update = ParameterUpdate(of: parameters, by: optimizer, regularization)
    clipNorm = regularization.clipNorm
    self.seed = seed
    self.team = team
    self.group = group
    let ranks = RankPlan(shards: plan, ranks: group?.count ?? 1)
    gradients = ranks.run(of: group?.rank ?? 0).map { _ in FlatVector(count: network.parameterCount) }
    blocks = ParameterBlocks(network: network)
    var shared = 0
    if let group {
      let rowPlan = RowPlan(
        network: network, blocks: blocks, capacity: capacity, ranks: group.count, workers: mostWorkers)
      shared = rowPlan?.count ?? 0
      let exchange = GradientExchange(
        group, network: network, blocks: blocks, plan: ranks, gradients: gradients, excluding: shared)
      self.exchange = exchange
      rowExchange = rowPlan.map { plan in
        RowExchange(
          plan, network: network, group: group, shards: ranks, capacity: capacity,
          firstTag: exchange.buckets.count)
      }
      let whole = FlatVector(count: network.parameterCount)
      wholeGradient = whole
      schedule = StepSchedule(
        blocks, exchange: exchange, rowPlan: rowPlan, shards: ranks, rank: group.rank, workers: team.count,
        kept: whole)
    } else {
      schedule = StepSchedule(blocks, gradients: gradients, workers: team.count)
      (exchange, rowExchange, wholeGradient) = (nil, nil, nil)
    }
    slices = blocks.slices(
      of: blocks.indices(of: shared..<network.parameterCount), count: team.count)
    engine = ShardEngine(
      network: network, capacity: capacity, plan: plan, team: team, training: true, group: group,
      rowExchange: rowExchange)
    squares = .allocate(capacity: max(1, blocks.blocks.count))
    squares.initialize(repeating: 0, count: max(1, blocks.blocks.count))
    firstNotFiniteCount = team.count + (group?.count ?? 0)
    firstNotFinite = .allocate(capacity: firstNotFiniteCount)
    firstNotFinite.initialize(repeating: -1, count: firstNotFiniteCount)
    // Made once: a closure that is made anew each step would be allocated each step.
    body = { [unowned self] worker in try work(worker) }
    listener = exchange.map { exchange in
      GradientListener(
        order: exchange.order, layerIsDone: { try exchange.layerIsDone($0) },
        passIsDone: { [unowned self] in try passIsDone() }, rowsAreDone: { try exchange.rowsAreDone($0) })
    }
  }

  deinit {
    squares.deallocate()
    firstNotFinite.deallocate()
  }

  /// Takes one step.
  ///
  /// - Parameters:
  ///   - minibatch: The samples, at least one; with a group, this rank's part of them.
  ///   - learningRate: η of this step.
  ///   - measuringNorm: Whether ``gradientNorm`` is wanted; it costs one more meeting of the workers.
  /// - Returns: The loss before the step.
  /// - Throws: ``DivergenceError`` where the loss or a gradient is not finite. After a loss that is not, the
  ///   parameters stand as before the step.
  public func run(
    _ minibatch: Minibatch, learningRate: Double, measuringNorm: Bool = false
  ) throws -> LossSum {
    try engine.begin(minibatch, targets: minibatch.lossTargets, seed: seed, isTraining: true)
    isScattered = rowExchange != nil
    stepsDone += 1
    update.begin(step: stepsDone, learningRate: Float(learningRate))
    wantsNorm = measuringNorm || clipNorm != nil
    gradientNorm = nil
    passesLeft.store(gradients.count, ordering: .relaxed)
    try exchange?.begin()
    try team.run(body)
    let loss = engine.loss
    if !loss.loss.isFinite {
      throw DivergenceError(
        what: "the loss is \(loss.loss.isNaN ? "not a number" : "infinite")",
        layer: try engine.firstLayerNotFinite(), learningRate: learningRate)
    }
    let found = group == nil ? 0..<team.count : team.count..<firstNotFiniteCount
    if let element = found.compactMap({ firstNotFinite[$0] >= 0 ? firstNotFinite[$0] : nil }).min() {
      throw DivergenceError(
        what: "a gradient is not finite",
        layer: network.parameters.first { $0.range.contains(element) }?.name, learningRate: learningRate)
    }
    if wantsNorm { gradientNorm = totalNorm }
    return loss
  }

  /// With a group, brings ``parameters`` and ``average`` together, of which each rank may have stepped a part. Every rank
  /// must call it.
  public func gatherParameters() throws {
    guard let rowExchange, isScattered else { return }
    try rowExchange.gather(parameters)
    if let average { try rowExchange.gather(average) }
    isScattered = false
  }

  /// With a group, brings all ``vectors`` together: of the optimiser's, too, each rank steps its own slices. Before they
  /// are read; every rank must call it.
  public func gatherStates() throws {
    guard let exchange else { return }
    try gatherParameters()
    for state in states {
      try exchange.gather(state.vector)
      try rowExchange?.gather(state.vector)
    }
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
    update.mask = vectors["mask"].map(FlatVector.init)
    self.stepsDone = stepsDone
  }

  /// Holds parameters at zero from now on, or frees all. With a group, after ``gatherParameters()``.
  ///
  /// - Parameter values: 1 or 0 for each parameter, or nil. Velocities of held parameters are cleared, too.
  public func hold(_ values: [Float]?) { update.hold(values) }

  /// The last step's gradient, summed over the shards, as the optimiser left it. That step must have measured its norm.
  /// Every rank must ask for it.
  func summedGradient() throws -> FlatVector {
    guard let exchange, let wholeGradient else { return gradients[0] }
    for turn in schedule.turns where turn.bucket != nil {
      for part in turn.parts.joined() where !part.blocks.isEmpty {
        let elements = blocks.elements(of: part.blocks)
        (wholeGradient.base + elements.lowerBound).update(
          from: turn.reduction.sum + elements.lowerBound, count: elements.count)
      }
    }
    try exchange.gather(wholeGradient)
    try rowExchange?.gather(wholeGradient)
    return wholeGradient
  }

  /// The share of a layer's units that were not above zero for any sample of the last step's minibatch. Every rank
  /// must ask for it.
  func deadShare(ofLayer index: Int) throws -> Double { try engine.deadShare(ofLayer: index) }

  // MARK: On every worker

  private func work(_ worker: Int) throws {
    try engine.run(
      worker: worker, parameters: parameters.base, gradients: gradients, rows: schedule.rows?[worker],
      listener: listener)
    try team.barrier()
    if worker == 0, exchange != nil, gradients.isEmpty { try shareLosses() }
    for part in schedule.turns[0].parts[worker] where part.isAhead {
      try writeGradient(of: part, run: 0, worker)
    }
    try byOneWorker(worker) { exchange in
      if let bucket = schedule.turns[0].bucket { try exchange.finishReceiving(bucket) }
      try group?.finishGathering()
    }
    // Every worker of every rank sums the same losses in the same order, so all agree whether to step.
    guard engine.loss.loss.isFinite else {
      // What is under way writes into memory that may soon be gone.
      return try byOneWorker(worker) {
        try rowExchange?.finish()
        try $0.finish()
      }
    }
    var scale: Float = 1
    if wantsNorm {
      for turn in schedule.turns {
        try finishReceiving(turn, worker)
        for part in turn.parts[worker] { try measure(part, keptIn: turn.reduction.sum, worker) }
      }
      try team.barrier()
      try byOneWorker(worker) { _ in try shareSquares() }
      let norm = totalNorm
      if let limit = clipNorm, norm > limit { scale = Float(limit / norm) }
    }
    firstNotFinite[worker] = -1
    for turn in schedule.turns {
      if !wantsNorm { try finishReceiving(turn, worker) }
      for part in turn.parts[worker] {
        if let rows = part.rows, !wantsNorm {
          var isFinite = true
          for run in part.runs.indices {
            if run > 0 || !part.isAhead { try writeGradient(of: part, run: run, worker) }
            isFinite = step(rows, tiles: part.runs[run], by: part.reduction) && isFinite
          }
          if !isFinite { found(notFinite: rows.elements.lowerBound, worker) }
          for block in part.blocks { complete(blocks.blocks[block]) }
        } else {
          for index in part.blocks {
            let block = blocks.blocks[index]
            let isFinite = step(block, by: turn.reduction, isReduced: wantsNorm, scale: scale)
            if !isFinite { found(notFinite: block.elements.lowerBound, worker) }
            complete(block)
          }
        }
      }
      guard let exchange, let bucket = turn.bucket else { continue }
      try team.barrier()
      if worker == 0 { try exchange.gather(parameters, bucket: bucket) }
    }
    if exchange != nil { try team.barrier() }
    try byOneWorker(worker) {
      try beginSharingFirstNotFinite()
      try rowExchange?.finish()
      try $0.finish()
    }
    if exchange != nil { for block in slices[worker] { update.moveAverage(blocks.blocks[block].elements) } }
  }

  /// A shard is through, but for the gradients of the weight matrices. After the last the losses go around, while those
  /// are computed.
  private func passIsDone() throws {
    if passesLeft.subtract(1, ordering: .acquiringAndReleasing).newValue == 0 { try shareLosses() }
  }

  private func shareLosses() throws {
    try engine.beginSharingLosses()
    try alongside?()
  }

  /// Computes some of what no shard's vector holds of a part.
  private func writeGradient(of part: StepSchedule.Part, run: Int, _ worker: Int) throws {
    guard let rows = part.rows else { return }
    try schedule.rowGradients[worker].write(rows, tiles: part.runs[run], by: engine)
  }

  /// With a group, waits for what the others have of a turn.
  private func finishReceiving(_ turn: StepSchedule.Turn, _ worker: Int) throws {
    guard let bucket = turn.bucket else { return }
    try byOneWorker(worker) { try $0.finishReceiving(bucket) }
  }

  /// With a group, lets worker 0 deal with it while the others wait.
  private func byOneWorker(_ worker: Int, _ body: (GradientExchange) throws -> Void) throws {
    guard let exchange else { return }
    if worker == 0 { try body(exchange) }
    try team.barrier()
  }

  /// Sums a part over the shards, and keeps the sum and that of each block's squares.
  private func measure(
    _ part: StepSchedule.Part, keptIn kept: UnsafeMutablePointer<Float>, _ worker: Int
  ) throws {
    for run in part.runs.indices {
      if run > 0 || !part.isAhead { try writeGradient(of: part, run: run, worker) }
      guard let rows = part.rows else { continue }
      rows.forEachPiece(of: part.runs[run]) { piece, start in
        part.reduction.sum(start..<start + piece.count)
        (kept + piece.lowerBound).update(from: part.reduction.sum + start, count: piece.count)
      }
    }
    for index in part.blocks {
      let block = blocks.blocks[index]
      if part.rows == nil { part.reduction.sum(block.elements) }
      let square = sumOfSquares(kept, block.elements)
      // Statistics are no gradient.
      if case .statistic = block.role { squares[index] = 0 } else { squares[index] = square }
    }
  }

  /// Brings the squares of the blocks together, of which each rank has measured its own.
  private func shareSquares() throws {
    guard let exchange, let group else { return }
    // The last layers come first among the buckets.
    for bucket in exchange.buckets.reversed() {
      guard let first = bucket.blocks.first?.lowerBound else { continue }
      try group.exchange(
        squares + first, runs: bucket.blocks.map { $0.lowerBound - first..<$0.upperBound - first })
    }
    if let rowExchange { try group.exchange(squares, runs: rowExchange.plan.bucket.blocks) }
  }

  /// A worker comes to its blocks in an order that depends on how many workers and ranks there are: the first of them by
  /// their place in the flat vector is what is told.
  private func found(notFinite element: Int, _ worker: Int) {
    let first = firstNotFinite[worker]
    firstNotFinite[worker] = first < 0 ? element : min(first, element)
  }

  /// Tells the other ranks of gradients that are not finite, so that all end at the same step.
  private func beginSharingFirstNotFinite() throws {
    guard let group else { return }
    let ranks = firstNotFinite + team.count
    ranks[group.rank] = (0..<team.count).map { firstNotFinite[$0] }.filter { $0 >= 0 }.min() ?? -1
    try group.beginExchange(ranks, runs: (0..<group.count).map { $0..<$0 + 1 })
  }

  private var totalNorm: Double {
    var sum = 0.0
    for index in blocks.blocks.indices { sum += squares[index] }
    return sum.squareRoot()
  }

  private func sumOfSquares(_ sum: UnsafePointer<Float>, _ elements: Range<Int>) -> Double {
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

  /// Sums and steps some tiles of a weight matrix; returns whether their gradient was finite.
  private func step(_ rows: WeightRows, tiles: Range<Int>, by reduction: FixedTreeReduction) -> Bool {
    var isFinite = true
    rows.forEachPiece(of: tiles) { piece, start in
      reduction.sum(start..<start + piece.count)
      isFinite = update.step(.weight, piece, gradient: reduction.sum + start, scale: 1) && isFinite
    }
    return isFinite
  }

  /// Sums and steps a block; returns whether its gradient was finite.
  private func step(
    _ block: ParameterBlocks.Block, by reduction: FixedTreeReduction, isReduced: Bool, scale: Float
  ) -> Bool {
    var isFinite = true
    // Rows may be longer than what fits the cache: pieces of them are summed and stepped in turn.
    var start = block.elements.lowerBound
    while start < block.elements.upperBound {
      let piece = start..<min(start + ParameterBlocks.wanted, block.elements.upperBound)
      if !isReduced { reduction.sum(piece) }
      isFinite =
        update.step(block.role, piece, gradient: reduction.sum + piece.lowerBound, scale: scale) && isFinite
      start = piece.upperBound
    }
    return isFinite
  }

  /// Does what follows when all rows of a block are stepped. With a group every rank has the whole average of what it has
  /// whole after a step, and moves it then: that costs less than to hand it around.
  private func complete(_ block: ParameterBlocks.Block) {
    update.project(block)
    if exchange == nil || block.elements.upperBound <= rowExchange?.plan.count ?? 0 {
      update.moveAverage(block.elements)
    }
  }
}
