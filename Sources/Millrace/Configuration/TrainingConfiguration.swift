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
  /// Mean and deviation of each channel, in units of 0…1 (`normalize`); nil: measured on training images.
  public var normalization: Normalization?

  /// The units of each hidden layer (`hidden`); empty for a linear classifier.
  public var hidden = [512, 256]
  /// The activation of the hidden layers (`activation`): one for all, or one for each.
  public var activations = [HiddenActivation.elementwise(.relu)]

  /// How the weights are found: epochs, minibatches, learning rate and its like.
  public var optimization = OptimizationOptions()
  /// The number that everything random follows from (`seed`).
  public var seed: UInt64 = 1

  /// How the run is carried out.
  public var execution = ExecutionOptions()

  /// A run on a folder, with every other setting at its default.
  public init(data: String) {
    self.data = data
  }

  /// Checks every range.
  ///
  /// - Throws: ``ConfigurationError`` for the first setting out of range.
  public func validate() throws(ConfigurationError) {
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
    try require(
      activations.count == 1 || activations.count == hidden.count, "activation",
      "needs one name, or one for each of the \(hidden.count) hidden layers, got \(activations.count)")
    try optimization.validate()
    try execution.validate()
  }
}

extension TrainingConfiguration {
  /// The network for a number of classes.
  public func network(classes: Int) -> NetworkConfiguration {
    NetworkConfiguration(
      inputCount: channels.rawValue * imageSize.height * imageSize.width,
      hidden: hidden.enumerated().map { index, units in
        HiddenLayer(units: units, activation: activations[activations.count == 1 ? 0 : index])
      },
      outputCount: classes)
  }
}
