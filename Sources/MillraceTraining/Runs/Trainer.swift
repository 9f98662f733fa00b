public import MillraceModels
public import MillraceNetwork
public import MillracePipeline
public import MillraceShards
public import MillraceThreads

/// The training loop: it takes minibatch steps epoch by epoch, validates after each epoch, and keeps the best
/// weights.
///
/// It knows nothing of files: minibatches come from any source, and a closure gets the events.
public final class Trainer {
  /// The step that is repeated; its parameters are the current weights.
  package let step: DataParallelStep
  /// The best epoch so far.
  public private(set) var best: BestEpoch?

  /// How far the training has come.
  ///
  /// This is the state after the last step, or after the last epoch's end that the observer took without an
  /// error: an epoch's end that the observer did not take is announced again after a resume.
  package private(set) var progress = TrainingProgress()

  private let options: OptimizationOptions
  private let learningRate: Double
  private let ranks: Ranks

  /// An epoch and its weights.
  public struct BestEpoch: Sendable {
    /// The weights that were validated.
    public let parameters: [Float]
    /// The epoch's report.
    public let report: EpochReport
    /// The steps taken until the epoch's end.
    public let steps: Int
  }

  /// Allocates the training state.
  ///
  /// - Parameters:
  ///   - network: The network to train.
  ///   - options: The options of the training.
  ///   - seed: The seed from which everything random follows.
  ///   - parameters: The initial parameters, as many as the network's; nil: they follow from the seed.
  ///   - capacity: The largest number of samples in a minibatch; nil: the batch size.
  ///   - team: The workers that compute. The team must outlive the training.
  ///   - ranks: The processes that train together.
  /// - Throws: `ConfigurationError` for an option out of range, or for a missing learning rate that a
  ///   network of own layers needs.
  public init(
    network: Network, options: OptimizationOptions, seed: UInt64, parameters: [Float]? = nil,
    capacity: Int? = nil, team: WorkerTeam, ranks: Ranks = .alone
  ) throws(ConfigurationError) {
    try options.validate()
    self.options = options
    self.ranks = ranks
    guard let rate = network.configuration.map(options.resolvedLearningRate) ?? options.givenLearningRate
    else {
      throw ConfigurationError(
        setting: "lr",
        problem: "must be given for a network of one's own layers, for which there is no usual value")
    }
    learningRate = rate
    step = DataParallelStep(
      network: network, parameters: parameters ?? network.initialParameters(seed: seed),
      optimizer: options.optimizer.optimizer(momentum: options.momentum),
      regularization: options.regularization, seed: seed, capacity: capacity ?? options.batchSize,
      plan: ShardPlan(count: options.resolvedShards), team: team, group: ranks.group,
      mostWorkers: ranks.mostWorkers)
  }

  /// The weights that are validated and saved: the moving average where one is kept. Within an epoch, ranks
  /// have all of them only after `DataParallelStep/gatherParameters()`.
  public var weights: FlatVector { step.average ?? step.parameters }

  /// Every vector that training needs to go on, by name: `DataParallelStep/vectors` and `best`, the best epoch's
  /// weights.
  public var vectors: [String: [Float]] {
    var vectors = step.vectors
    vectors["best"] = best?.parameters
    return vectors
  }

  /// Goes back to a checkpoint.
  ///
  /// - Parameters:
  ///   - progress: The value of ``progress`` in a trainer with the same network and options.
  ///   - vectors: The value of ``vectors`` in that trainer.
  ///   - stepsDone: The value of `step.stepsDone` in that trainer.
  package func restore(_ progress: TrainingProgress, vectors: [String: [Float]], stepsDone: Int) {
    step.restore(vectors, stepsDone: stepsDone)
    self.progress = progress
    best = progress.best.flatMap { report in
      vectors["best"].map { BestEpoch(parameters: $0, report: report, steps: progress.bestSteps) }
    }
  }

  /// Trains for the epochs of the options, or until validation stops improving.
  ///
  /// - Parameters:
  ///   - source: The minibatches of all epochs, in order, from `progress` on.
  ///   - validate: The loss of some weights on samples that are not trained on, or nil where there are none.
  ///   - observe: Gets each step, epoch and skipped file. An error that it throws ends the training.
  /// - Returns: The number of epochs done.
  /// - Throws: ``DivergenceError``, ``TrainingError/nothingValidated(epoch:)`` for a loss over no samples,
  ///   the source's errors, or the closures'.
  @discardableResult
  public func train(
    on source: any MinibatchSource, validate: (FlatVector) throws -> LossSum?,
    observe: (TrainingEvent) throws -> Void
  ) throws -> Int {
    while try trainEpoch(on: source, validate: validate, observe: observe) {}
    return progress.position.epoch
  }

  /// Trains for an epoch, or for the rest of the one under way.
  ///
  /// - Parameters: Those of ``train(on:validate:observe:)``.
  /// - Returns: Whether there was an epoch to train.
  public func trainEpoch(
    on source: any MinibatchSource, validate: (FlatVector) throws -> LossSum?,
    observe: (TrainingEvent) throws -> Void
  ) throws -> Bool {
    if progress.running == nil {
      let epoch = progress.position.epoch
      guard epoch < options.epochs else { return false }
      if let best, let patience = patienceLost(beforeEpoch: epoch) {
        try observe(
          .notice(
            "stopped early: no better \(options.earlyStopping.metric.rawValue) for \(patience) epochs; "
              + "the weights are those of epoch \(best.report.epoch + 1)"))
        return false
      }
      beginPhase(atEpoch: epoch)
    }
    var report = try step(through: source, limit: nil, observe: observe)
    report.validation = try validate(weights)
    let loss = report.validation?.mean
    if let validation = report.validation, validation.count == 0 {
      throw TrainingError.nothingValidated(epoch: report.epoch)
    }
    if let loss, !loss.isFinite {
      throw DivergenceError(
        what: "the validation loss is \(loss.isNaN ? "not a number" : "infinite")", layer: nil,
        learningRate: report.learningRate)
    }
    report.isBest = isBest(report)
    try observe(.epochFinished(report))
    if let loss { progress.validationLosses.append(loss) }
    finish(report)
    return true
  }

  /// Trains for an epoch without validation, or for the rest of the one under way: the second part of
  /// ``OptimizationOptions/refits``.
  ///
  /// - Parameters:
  ///   - search: What the first part has found.
  ///   - source: The minibatches of enough epochs, from ``progress`` on.
  ///   - observe: Gets each step and epoch.
  /// - Returns: Whether there was an epoch to train.
  package func refitEpoch(
    after search: SearchResult, on source: any MinibatchSource, observe: (TrainingEvent) throws -> Void
  ) throws -> Bool {
    let isLeft = step.stepsDone < search.steps && progress.position.epoch < options.epochs
    guard isLeft || progress.running != nil else { return false }
    var report = try step(through: source, limit: search, observe: observe)
    report.isBest = true
    try observe(.epochFinished(report))
    finish(report)
    return true
  }

  /// Changes the state at an epoch's end, once the observer has taken it.
  private func finish(_ report: EpochReport) {
    progress.running = nil
    guard report.isBest else { return }
    best = BestEpoch(parameters: weights.values, report: report, steps: step.stepsDone)
    progress.best = report
    progress.bestSteps = step.stepsDone
  }

  /// The number of epochs without an improvement, where there have been too many.
  ///
  /// The last phase of dense-sparse-dense training is what the other phases prepare: it begins in any case,
  /// and only its epochs are counted.
  private func patienceLost(beforeEpoch epoch: Int) -> Int? {
    guard let patience = options.earlyStopping.patience, let best, best.report.validation != nil else {
      return nil
    }
    let lastPhase = options.denseSparseDense.map { options.epochs - $0.finalEpochs } ?? 0
    return epoch - max(best.report.epoch + 1, lastPhase) >= patience ? patience : nil
  }

  /// Begins the sparse or the last phase of dense-sparse-dense training where an epoch begins one.
  private func beginPhase(atEpoch epoch: Int) {
    guard let dsd = options.denseSparseDense, let phase = phase(ofEpoch: epoch),
      epoch > 0, phase != self.phase(ofEpoch: epoch - 1)
    else { return }
    step.hold(
      phase == .sparse
        ? SparseMask.make(sparsity: dsd.sparsity, parameters: step.parameters, network: step.network) : nil)
  }

  private func phase(ofEpoch epoch: Int) -> DenseSparseDense.Phase? {
    options.denseSparseDense?.phase(ofEpoch: epoch, of: options.epochs)
  }

  private func isBest(_ report: EpochReport) -> Bool {
    guard let best = best?.report.validation, let new = report.validation else { return true }
    return options.earlyStopping.improves(new, over: best)
  }

  /// Takes the steps of an epoch, or those that are left of the one under way.
  ///
  /// - Parameter limit: In a refit, the number of its steps, and the epochs by which they are counted.
  /// - Returns: The epoch's report.
  private func step(
    through source: any MinibatchSource, limit: SearchResult?, observe: (TrainingEvent) throws -> Void
  ) throws -> EpochReport {
    var report =
      progress.running
      ?? EpochReport(
        epoch: progress.position.epoch, epochs: options.epochs,
        phase: phase(ofEpoch: limit.map { step.stepsDone / $0.stepsPerEpoch } ?? progress.position.epoch))
    let clock = EpochClock(since: report, source: source)
    var timesBefore: RankTimes?
    var waited: UInt64 = 0
    while progress.position.epoch == report.epoch, limit.map({ step.stepsDone < $0.steps }) ?? true {
      let asked = MonotonicClock.now()
      guard let minibatch = try source.next() else {
        progress.position = MinibatchPosition(epoch: report.epoch + 1)
        break
      }
      waited += MonotonicClock.now() - asked
      timesBefore = timesBefore ?? ranks.times
      defer { source.release(minibatch) }

      for skipped in minibatch.skipped { try observe(.fileSkipped(skipped)) }
      if !minibatch.warned.isEmpty { try observe(.decodedWithWarnings(samples: minibatch.warned)) }
      let stepsPerEpoch = minibatch.stepsPerEpoch
      var (epoch, index, length) = (report.epoch, minibatch.index, stepsPerEpoch)
      var losses = progress.validationLosses
      if let limit {
        length = limit.stepsPerEpoch
        (epoch, index) = (step.stepsDone / length, step.stepsDone % length)
        losses = Array(limit.validationLosses.prefix(epoch))
        if index == 0 {
          try step.gatherParameters()
          beginPhase(atEpoch: epoch)
        }
      }
      report.learningRate = options.learningRate(
        learningRate, step: index, of: length, epoch: epoch, validationLosses: losses)
      // Every file of a minibatch may be bad: then there is nothing to learn from it.
      if minibatch.totalCount > 0 {
        // The last minibatch of an epoch may be small; the one before says more.
        let measures = minibatch.index == max(0, stepsPerEpoch - 2)
        // After the last minibatch of an epoch, or a checkpoint, something else calls the roll or changes its
        // answers.
        let isFollowed = !minibatch.isLastOfEpoch && !ranks.roll.savesCheckpoint
        report.training += try step.run(
          minibatch, learningRate: report.learningRate, measuringNorm: measures,
          preparing: isFollowed ? source : nil)
        if measures { report.statistics = try step.statistics(learningRate: report.learningRate) }
      }
      clock.read(into: &report, waited: waited)
      if !ranks.isAlone, let timesBefore {
        report.ranks = ranks.times.report(since: timesBefore, hosts: ranks.group.hosts)
      }
      progress.position =
        minibatch.isLastOfEpoch
        ? MinibatchPosition(epoch: report.epoch + 1)
        : MinibatchPosition(epoch: report.epoch, minibatch: minibatch.index + 1)
      progress.running = report
      try observe(
        .stepFinished(StepReport(epoch: report, step: minibatch.index + 1, stepsPerEpoch: stepsPerEpoch)))
    }
    try step.gatherParameters()
    return report
  }
}
