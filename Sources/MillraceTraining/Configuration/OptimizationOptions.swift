public import MillraceModels
package import MillracePipeline

/// How the weights are found.
public struct OptimizationOptions: Sendable, Hashable {
  /// How often each sample is shown (`epochs`), at least 1.
  @Automatic public var epochs = 20
  /// Samples a step (`batch-size`), at least 1.
  @Automatic public var batchSize = 128
  /// The base learning rate (`lr`), above 0. Until it is chosen, see ``resolvedLearningRate(for:)``.
  @Automatic public var learningRate = 0.05
  /// The rule of a step (`optimizer`).
  @Automatic public var optimizer = OptimizerConfiguration(.momentum)
  /// The share of the velocity kept each step (`momentum`), in [0, 1); for the optimisers `momentum` and `nesterov`.
  @Automatic public var momentum = 0.9
  /// Penalties, caps and the moving average of the weights.
  public var regularization = RegularizationOptions()
  /// How the learning rate goes (`schedule`).
  @Automatic public var schedule = LearningRateSchedule.cosine
  /// Epochs over which the learning rate rises from 0 (`warmup-epochs`), at least 0.
  @Automatic public var warmupEpochs = 0.0
  /// Parts that a minibatch's gradient is computed in (`shards`). Until it is chosen, see ``resolvedShards``.
  @Automatic public var shards = 2

  /// When a run ends before its last epoch, and which epoch is the best.
  public var earlyStopping = EarlyStopping()
  /// Training with a sparse phase in the middle (`dsd`); nil: dense throughout.
  public var denseSparseDense: DenseSparseDense?
  /// Whether, once the best number of steps is known, training starts afresh on training and validation samples
  /// together for that many (`refit`).
  ///
  /// Source: Goodfellow, Bengio, Courville, "Deep Learning", 2016, section 7.8, algorithm 7.2.
  @Automatic public var refits = false

  /// The defaults.
  public init() {}

  /// The learning rate of a step.
  ///
  /// - Parameters:
  ///   - learningRate: The base learning rate.
  ///   - step: Steps done in this epoch.
  ///   - stepsPerEpoch: Steps of an epoch, at least 1.
  ///   - epoch: Epochs done.
  ///   - validationLosses: The loss on the validation samples after each epoch so far.
  public func learningRate(
    _ learningRate: Double, step: Int, of stepsPerEpoch: Int, epoch: Int, validationLosses: [Double] = []
  ) -> Double {
    let position = Double(epoch) + Double(step) / Double(stepsPerEpoch)
    let finalEpochs = Double(denseSparseDense?.finalEpochs ?? 0)
    let firstEpochs = Double(epochs) - finalEpochs
    if position < warmupEpochs {
      // The first step already moves: it takes the rate of its end.
      return learningRate * min(1, (position + 1 / Double(stepsPerEpoch)) / warmupEpochs)
    }
    // Losses of the warm-up fall because the rate is still small, not because it is right.
    let losses = Array(validationLosses.dropFirst(Int(warmupEpochs.rounded(.up))))
    let isLastPhase = finalEpochs > 0 && position >= firstEpochs
    // A schedule that is planned to its end has come to it, and is gone through once more on a smaller scale; any other
    // stands where it has come to and goes on, so that the rate never rises.
    let factor =
      isLastPhase && schedule.kind.isPlannedToItsEnd
      ? schedule.factor(atEpoch: position - firstEpochs, of: finalEpochs)
      : schedule.factor(
        atEpoch: position - warmupEpochs, of: firstEpochs - warmupEpochs, validationLosses: losses)
    return learningRate * (isLastPhase ? DenseSparseDense.finalRate : 1) * factor
  }

  /// How the samples of an epoch are cut into minibatches.
  ///
  /// - Parameter sampleCount: The samples trained on.
  package func cut(of sampleCount: Int) -> EpochCut {
    EpochCut(sampleCount: sampleCount, batchSize: batchSize, leastRest: (batchSize + 7) / 8)
  }

  /// Checks every range.
  ///
  /// - Throws: `ConfigurationError` for the first setting out of range.
  public func validate() throws(ConfigurationError) {
    try require((1...1_000_000).contains(epochs), "epochs", "must be from 1 to 1000000, got \(epochs)")
    try require(
      (1...1_000_000).contains(batchSize), "batch-size", "must be from 1 to 1000000, got \(batchSize)")
    try require(
      learningRate > 0 && learningRate.isFinite, "lr", "must be above 0 and finite, got \(learningRate)")
    try require((0..<1).contains(momentum), "momentum", "must be from 0 to below 1, got \(momentum)")
    try regularization.validate()
    try earlyStopping.validate()
    if let dsd = denseSparseDense {
      try require(
        dsd.sparseEpochs + dsd.finalEpochs < epochs, "dsd",
        "its sparse and final epochs (\(dsd.sparseEpochs) + \(dsd.finalEpochs)) must leave some of the "
          + "\(epochs) epochs for the first phase")
    }
    let firstEpochs = epochs - (denseSparseDense?.finalEpochs ?? 0)
    try require(
      warmupEpochs >= 0 && warmupEpochs <= Double(firstEpochs), "warmup-epochs",
      "must be from 0 to the number of epochs"
        + (denseSparseDense == nil ? "" : " before the last phase of dsd")
        + " (\(firstEpochs)), got \(warmupEpochs)")
    try require(
      warmupEpochs == 0 || schedule.kind != .oneCycle, "warmup-epochs",
      "cannot be combined with the schedule one-cycle, which rises by itself; leave it out, or give the rise as in "
        + "one-cycle:rise=0.1")
    let shards = resolvedShards
    try require(
      (1...min(1024, batchSize)).contains(shards), "shards",
      "must be from 1 to the batch size (\(batchSize)) and at most 1024, got \(shards)")
  }
}
