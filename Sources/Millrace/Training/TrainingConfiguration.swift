public import MillraceImages
public import MillraceNetwork

/// Everything that decides what a training run computes, and how it is carried out.
///
/// The names of the settings are those of the flags of `millrace train`; ``ExecutionOptions`` holds those
/// that change how fast a run goes but not a bit of its result.
public struct TrainingConfiguration: Sendable, Hashable {
  /// The folder to train on (`data`).
  public var data: String
  /// A folder to validate on (`val`); nil: the data's own, else a split.
  public var validation: String?
  /// The share of each class kept for validation where there is no validation folder (`val-fraction`), in [0, 1).
  public var validationFraction = 0.1

  /// The size each image is brought to (`image-size`).
  public var imageSize = ImageSize(width: 32, height: 32)
  /// Colour or grey (`channels`).
  public var channels = Channels.rgb
  /// What is done to each training image (`augment`).
  public var augment = AugmentationPolicy.none

  /// The units of each hidden layer (`hidden`); empty for a linear classifier.
  public var hidden = [512, 256]
  /// The activation of the hidden layers (`activation`).
  public var activation = ActivationKind.relu

  /// How often each image is shown (`epochs`), at least 1.
  public var epochs = 20
  /// Images a step (`batch-size`), at least 1.
  public var batchSize = 128
  /// The base learning rate (`lr`), above 0.
  public var learningRate = 0.05
  /// The share of the velocity kept each step (`momentum`), in [0, 1).
  public var momentum = 0.9
  /// λ of the penalty ½λ‖w‖² (`weight-decay`), at least 0.
  public var weightDecay = 1e-4
  /// How the learning rate goes (`schedule`).
  public var schedule = LearningRateSchedule.cosine
  /// Epochs over which the learning rate rises from 0 (`warmup-epochs`), at least 0.
  public var warmupEpochs = 0.0
  /// The number that everything random follows from (`seed`).
  public var seed: UInt64 = 1
  /// Parts that a minibatch's gradient is computed in (`shards`); nil: chosen by the batch size.
  public var shards: Int?

  /// How the run is carried out.
  public var execution = ExecutionOptions()

  /// A run on a folder, with every other setting at its default.
  public init(data: String) {
    self.data = data
  }

  /// The number of shards: as set, else one for each 128 images of a minibatch and at least two.
  ///
  /// It depends on the configuration alone, never on the machine, so that the sums do not either.
  public var resolvedShards: Int {
    shards ?? min(batchSize, max(2, min(64, batchSize / 128)))
  }

  /// Checks every range.
  ///
  /// - Throws: ``ConfigurationError`` for the first setting out of range.
  public func validate() throws(ConfigurationError) {
    func require(_ condition: Bool, _ setting: String, _ problem: @autoclosure () -> String)
      throws(ConfigurationError)
    {
      if !condition { throw ConfigurationError(setting: setting, problem: problem()) }
    }
    try require(
      validationFraction >= 0 && validationFraction < 1, "val-fraction",
      "must be from 0 to below 1, got \(validationFraction)")
    try require(
      (1...4096).contains(imageSize.width) && (1...4096).contains(imageSize.height), "image-size",
      "each side must be from 1 to 4096 pixels, got \(imageSize.width)x\(imageSize.height)")
    for units in hidden {
      try require(
        (1...1_000_000).contains(units), "hidden",
        "each layer needs from 1 to 1000000 units, got \(units); for a linear classifier write 'none'")
    }
    try require((1...1_000_000).contains(epochs), "epochs", "must be from 1 to 1000000, got \(epochs)")
    try require((1...1_000_000).contains(batchSize), "batch-size", "must be from 1 to 1000000, got \(batchSize)")
    try require(
      learningRate > 0 && learningRate.isFinite, "lr", "must be above 0 and finite, got \(learningRate)")
    try require((0..<1).contains(momentum), "momentum", "must be from 0 to below 1, got \(momentum)")
    try require(
      weightDecay >= 0 && weightDecay.isFinite, "weight-decay", "must be at least 0 and finite, got \(weightDecay)")
    try require(
      warmupEpochs >= 0 && warmupEpochs <= Double(epochs), "warmup-epochs",
      "must be from 0 to the number of epochs (\(epochs)), got \(warmupEpochs)")
    if let shards {
      try require(
        (1...min(1024, batchSize)).contains(shards), "shards",
        "must be from 1 to the batch size (\(batchSize)) and at most 1024, got \(shards)")
    }
    try execution.validate()
  }
}

/// Settings that change the speed of a run and not one bit of its result.
public struct ExecutionOptions: Sendable, Hashable {
  /// Gradient threads (`workers`); nil: one a core.
  public var workers: Int?
  /// Producer threads (`loaders`); nil: one a core.
  public var loaders: Int?
  /// Minibatches that may wait between producers and workers (`queue`), at least 2.
  public var queue = 4

  /// The defaults.
  public init() {}

  /// Checks every range.
  ///
  /// - Throws: ``ConfigurationError`` for the first setting out of range.
  public func validate() throws(ConfigurationError) {
    for (setting, value) in [("workers", workers), ("loaders", loaders)] {
      if let value, !(1...1024).contains(value) {
        throw ConfigurationError(setting: setting, problem: "must be from 1 to 1024, got \(value)")
      }
    }
    if !(2...1024).contains(queue) {
      throw ConfigurationError(setting: "queue", problem: "must be from 2 to 1024, got \(queue)")
    }
  }

  /// The number of gradient threads on this machine.
  public var resolvedWorkers: Int { workers ?? processorCount }
  /// The number of producer threads on this machine.
  public var resolvedLoaders: Int { loaders ?? processorCount }
}
