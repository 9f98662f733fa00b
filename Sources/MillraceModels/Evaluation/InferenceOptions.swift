public import MillraceImages
public import MillraceNetwork

/// How a model is run over images: what a file may cost, how many threads, and whether images are varied.
public struct InferenceOptions: Sendable {
  /// What an image file may cost.
  public var reading = ReadingOptions()
  /// How it is carried out.
  public var execution = ExecutionOptions()
  /// Whether each image is seen in several variants; nil: once, as it is.
  public var testTimeAugmentation: TestTimeAugmentation?
  /// How sure a prediction must be to count; nil: the most probable class is always named. Evaluations do not look at it.
  public var thresholds: ClassThresholds?

  /// What the operands of the model's matrix products are; nil: what they were in its training.
  public var precision: ProductPrecision?

  /// Whether predictions come with the features of their images; not beside ``testTimeAugmentation``.
  public var givesFeatures = false

  /// Whether predictions come with an ``Explanation``; not beside ``testTimeAugmentation``.
  public var explains = false

  /// Each image once, with the defaults.
  public init() {}

  package func validate() throws(ConfigurationError) {
    try reading.validate()
    try execution.validate()
    for (setting, isWanted) in [("features", givesFeatures), ("explain", explains)] {
      try require(
        !isWanted || testTimeAugmentation == nil, setting,
        "looks at an image as it is, and tta varies it; leave one out")
    }
    if let passes = testTimeAugmentation?.passes {
      try require((1...1000).contains(passes), "tta", "must be from 1 to 1000, got \(passes)")
    }
  }
}

/// Averaging a model's probabilities over variants of each image.
///
/// What is drawn for a variant follows from the seed, the variant's number and the image's file name, so `predict` and
/// `evaluate` see the same variants of a file; it has nothing to do with what training drew.
/// Source: Krizhevsky, Sutskever, Hinton, "ImageNet classification with deep convolutional neural networks", 2012.
public struct TestTimeAugmentation: Sendable, Hashable {
  /// The variants of each image, from 1 to 1000.
  public var passes: Int
  /// What is drawn for each; what mixes images has no effect.
  public var policy: AugmentationPolicy
  /// What the draws follow from.
  public var seed: UInt64

  /// Describes the variants.
  public init(passes: Int, policy: AugmentationPolicy, seed: UInt64 = 1) {
    self.passes = passes
    self.policy = policy
    self.seed = seed
  }
}

extension Model {
  /// The augmentation it was trained with, for ``TestTimeAugmentation``; none where its file does not say.
  ///
  /// - Throws: ``ConfigurationError`` where it is one that cannot be read any more.
  public var trainingPolicy: AugmentationPolicy {
    get throws(ConfigurationError) {
      do throws(AugmentationError) {
        return try recipe["augment"].map { text throws(AugmentationError) in
          try AugmentationPolicy(parsing: text)
        }
          ?? .none
      } catch {
        throw ConfigurationError(
          setting: "tta-augment",
          problem: "must be given, for the model was trained with another policy: \(error)")
      }
    }
  }
}
