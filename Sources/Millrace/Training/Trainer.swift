public import MillraceNetwork
public import MillracePipeline
public import MillraceThreads

/// The training loop: epochs of minibatch steps, a validation after each, and the best weights kept.
///
/// It knows nothing of files: minibatches come from any source, and what happens is told to a closure.
public final class Trainer {
  /// The step that is repeated; its parameters are the current weights.
  public let step: DataParallelStep
  /// The weights of the best epoch so far, and its report.
  public private(set) var best: (parameters: [Float], report: EpochReport)?

  /// The validation loss after each epoch so far, which the schedule `plateau` follows.
  public internal(set) var validationLosses: [Double] = []

  private let options: OptimizationOptions

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
    step = DataParallelStep(
      network: network, parameters: network.initialParameters(seed: seed),
      optimizer: options.optimizer.optimizer(momentum: options.momentum),
      regularization: options.regularization, seed: seed, capacity: options.batchSize,
      plan: ShardPlan(count: options.resolvedShards), team: team)
  }

  /// Trains for the epochs that the options say.
  ///
  /// - Parameters:
  ///   - source: The minibatches of all epochs, in order.
  ///   - validate: The loss of the current weights on samples not trained on, or nil where there are none.
  ///   - observe: Is told of each step and epoch, and of files skipped. An error ends the training.
  /// - Throws: ``DivergenceError``, the source's errors, or the closures'.
  public func train(
    on source: any MinibatchSource, validate: () throws -> LossSum?,
    observe: (TrainingEvent) throws -> Void
  ) throws {
    for epoch in 0..<options.epochs {
      var report = try trainEpoch(epoch, on: source, observe: observe)
      report.validation = try validate()
      if let loss = report.validation?.mean { validationLosses.append(loss) }
      report.isBest = best.map { report.isBetter(than: $0.report) } ?? true
      if report.isBest { best = (step.parameters.values, report) }
      try observe(.epochFinished(report))
    }
  }

  private func trainEpoch(
    _ epoch: Int, on source: any MinibatchSource, observe: (TrainingEvent) throws -> Void
  ) throws -> EpochReport {
    let start = MonotonicClock.now()
    let producersWaitedBefore = source.waits.producers
    var waited: UInt64 = 0
    var report = EpochReport(epoch: epoch, epochs: options.epochs)
    while true {
      let asked = MonotonicClock.now()
      guard let minibatch = try source.next() else { return report }
      waited += MonotonicClock.now() - asked
      defer { source.release(minibatch) }

      for skipped in minibatch.skipped { try observe(.fileSkipped(skipped)) }
      let stepsPerEpoch = minibatch.stepsPerEpoch
      report.learningRate = options.learningRate(
        step: minibatch.index, of: stepsPerEpoch, epoch: epoch, validationLosses: validationLosses)
      // Every file of a minibatch may be bad: there is nothing to learn from it.
      if minibatch.count > 0 {
        report.training += try step.run(minibatch, learningRate: report.learningRate)
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
      if minibatch.isLastOfEpoch { return report }
    }
  }
}

extension EpochReport {
  /// Whether these weights are better: by validation accuracy, then loss; without validation, by being later.
  func isBetter(than other: EpochReport) -> Bool {
    guard let mine = validation, let others = other.validation else { return true }
    return (mine.accuracy, -mine.loss) > (others.accuracy, -others.loss)
  }
}
