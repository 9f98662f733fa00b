public import MillraceNetwork
public import MillracePipeline
public import MillraceThreads

/// The training loop: epochs of minibatch steps, a validation after each, and the best weights kept.
///
/// It knows nothing of files: minibatches come from any source, and what happens is told to a closure.
public final class Trainer {
  /// The step that is repeated; its parameters are the current weights.
  public let step: DataParallelStep
  /// The best epoch so far.
  public private(set) var best: BestEpoch?
  /// Samples that were loaded with warnings.
  private(set) var warned: Set<Int32> = []

  private let options: OptimizationOptions
  private let learningRate: Double
  /// The loss on the validation samples after each epoch, which some schedules follow.
  private var validationLosses: [Double] = []

  /// An epoch and its weights.
  public struct BestEpoch: Sendable {
    /// The weights that were validated.
    public let parameters: [Float]
    /// Its report.
    public let report: EpochReport
    /// Steps taken until its end.
    public let steps: Int
  }

  /// Allocates the training state.
  ///
  /// - Parameters:
  ///   - network: What is trained.
  ///   - options: How.
  ///   - seed: The initial weights follow from it.
  ///   - team: Who computes. It must outlive the training.
  /// - Throws: ``ConfigurationError`` for an option out of range.
  public init(
    network: Network, options: OptimizationOptions, seed: UInt64, team: WorkerTeam
  ) throws(ConfigurationError) {
    try options.validate()
    self.options = options
    learningRate = options.resolvedLearningRate(inputCount: network.configuration.inputCount)
    step = DataParallelStep(
      network: network, parameters: network.initialParameters(seed: seed),
      optimizer: options.optimizer.optimizer(momentum: options.momentum),
      regularization: options.regularization, seed: seed, capacity: options.batchSize,
      plan: ShardPlan(count: options.resolvedShards), team: team)
  }

  /// The weights that are validated and saved: the moving average where one is kept.
  public var weights: FlatVector { step.average ?? step.parameters }

  /// Trains for the epochs that the options say, or until validation stops improving.
  ///
  /// - Parameters:
  ///   - source: The minibatches of all epochs, in order.
  ///   - validate: The loss of some weights on samples not trained on, or nil where there are none.
  ///   - observe: Is told of each step and epoch, and of files skipped. An error ends the training.
  /// - Returns: Epochs done.
  /// - Throws: ``DivergenceError``, the source's errors, or the closures'.
  @discardableResult
  public func train(
    on source: any MinibatchSource, validate: (FlatVector) throws -> LossSum?,
    observe: (TrainingEvent) throws -> Void
  ) throws -> Int {
    for epoch in 0..<options.epochs {
      beginPhase(atEpoch: epoch)
      var report = EpochReport(epoch: epoch, epochs: options.epochs)
      try trainEpoch(on: source, limit: nil, report: &report, observe: observe)
      report.validation = try validate(weights)
      if let loss = report.validation?.mean, !loss.isFinite {
        throw DivergenceError(
          what: "the validation loss is \(loss)", layer: nil, learningRate: report.learningRate)
      }
      if let loss = report.validation?.mean { validationLosses.append(loss) }
      report.isBest = isBest(report)
      if report.isBest {
        best = BestEpoch(parameters: weights.values, report: report, steps: step.stepsDone)
      }
      try observe(.epochFinished(report))
      if let patience = options.earlyStopping.patience, let best, report.validation != nil,
        epoch - best.report.epoch >= patience, epoch + 1 < options.epochs
      {
        try observe(
          .notice(
            "stopped early: no better \(options.earlyStopping.metric.rawValue) for \(patience) epochs; "
              + "the weights are those of epoch \(best.report.epoch + 1)"))
        return epoch + 1
      }
    }
    return options.epochs
  }

  /// Trains for a number of steps without validation: the second part of ``OptimizationOptions/refits``.
  ///
  /// - Parameters:
  ///   - steps: How many.
  ///   - stepsPerEpoch: Of the run that found them: learning rate and phases follow its epochs.
  ///   - first: That run, whose validation losses a schedule may follow.
  ///   - source: The minibatches of enough epochs.
  ///   - observe: Is told of each step and epoch.
  public func refit(
    steps: Int, stepsPerEpoch: Int, after first: Trainer, on source: any MinibatchSource,
    observe: (TrainingEvent) throws -> Void
  ) throws {
    validationLosses = first.validationLosses
    var epoch = 0
    while step.stepsDone < steps {
      var report = EpochReport(epoch: epoch, epochs: options.epochs)
      let limit = StepLimit(steps: steps, stepsPerEpoch: stepsPerEpoch)
      try trainEpoch(on: source, limit: limit, report: &report, observe: observe)
      report.isBest = true
      best = BestEpoch(parameters: weights.values, report: report, steps: step.stepsDone)
      try observe(.epochFinished(report))
      epoch += 1
    }
  }

  /// How far a refit goes, and the epochs by which it counts.
  private struct StepLimit {
    let steps: Int
    let stepsPerEpoch: Int
  }

  /// Begins the sparse or the last phase of dense-sparse-dense training where an epoch begins one.
  private func beginPhase(atEpoch epoch: Int) {
    guard let dsd = options.denseSparseDense else { return }
    let finalStart = options.epochs - dsd.finalEpochs
    if epoch == finalStart - dsd.sparseEpochs {
      step.hold(SparseMask.make(sparsity: dsd.sparsity, parameters: step.parameters, network: step.network))
    } else if epoch == finalStart {
      step.hold(nil)
    }
  }

  private func isBest(_ report: EpochReport) -> Bool {
    guard let best = best?.report.validation, let new = report.validation else { return true }
    return options.earlyStopping.improves(new, over: best)
  }

  private func trainEpoch(
    on source: any MinibatchSource, limit: StepLimit?, report: inout EpochReport,
    observe: (TrainingEvent) throws -> Void
  ) throws {
    let start = MonotonicClock.now()
    let producersWaitedBefore = source.waits.producers
    var waited: UInt64 = 0
    while true {
      let asked = MonotonicClock.now()
      guard let minibatch = try source.next() else { return }
      waited += MonotonicClock.now() - asked
      defer { source.release(minibatch) }

      for skipped in minibatch.skipped { try observe(.fileSkipped(skipped)) }
      if !minibatch.warned.isEmpty { warned.formUnion(minibatch.warned) }
      let stepsPerEpoch = minibatch.stepsPerEpoch
      var (epoch, index, length) = (report.epoch, minibatch.index, stepsPerEpoch)
      var losses = validationLosses
      if let limit {
        length = limit.stepsPerEpoch
        (epoch, index) = (step.stepsDone / length, step.stepsDone % length)
        losses = Array(losses.prefix(epoch))
        if index == 0 { beginPhase(atEpoch: epoch) }
      }
      report.learningRate = options.learningRate(
        learningRate, step: index, of: length, epoch: epoch, validationLosses: losses)
      // Every file of a minibatch may be bad: there is nothing to learn from it.
      if minibatch.count > 0 {
        // The last minibatch of an epoch may be small; the one before says more.
        let measures = minibatch.index == max(0, stepsPerEpoch - 2)
        report.training += try step.run(
          minibatch, learningRate: report.learningRate, measuringNorm: measures)
        if measures { report.statistics = step.statistics() }
      }

      let elapsed = MonotonicClock.now() - start
      report.seconds = Double(elapsed) * 1e-9
      report.imagesPerSecond = Double(report.training.count) / max(report.seconds, 1e-9)
      report.computeWait = Double(waited) / Double(max(elapsed, 1))
      report.loaderWait =
        Double(source.waits.producers - producersWaitedBefore)
        / (Double(max(elapsed, 1)) * Double(max(1, source.producerCount)))
      try observe(
        .stepFinished(StepReport(epoch: report, step: minibatch.index + 1, stepsPerEpoch: stepsPerEpoch)))
      if minibatch.isLastOfEpoch || step.stepsDone == limit?.steps { return }
    }
  }
}
