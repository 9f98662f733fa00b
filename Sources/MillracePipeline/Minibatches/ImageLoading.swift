public import MillraceImages

/// How image files become rows of a minibatch.
public struct ImageLoading: Sendable, Hashable {
  /// The form that every image gets.
  public var preprocessing: Preprocessing
  /// The augmentations from which each image's are drawn; `AugmentationPolicy/none` to evaluate.
  public var policy: AugmentationPolicy
  /// The purpose of the draws; each purpose has random numbers of its own.
  public var purpose: DrawPurpose
  /// The run's seed.
  public var seed: UInt64
  /// The limits on what an image may cost.
  public var limits: DecodeLimits
  /// The largest file that is read, in bytes. The flag `--max-file-bytes`.
  public var maxFileBytes: Int
  /// Whether the loaders measure how long their stages take, with two readings of the clock for each stage and
  /// sample.
  public var measuresStages: Bool

  /// Makes a description of loading.
  public init(
    preprocessing: Preprocessing, policy: AugmentationPolicy = .none, purpose: DrawPurpose = .training,
    seed: UInt64 = 0,
    limits: DecodeLimits = DecodeLimits(), maxFileBytes: Int = 1 << 28, measuresStages: Bool = false
  ) {
    precondition(maxFileBytes > 0, "ImageLoading.maxFileBytes must be positive, got \(maxFileBytes)")
    self.preprocessing = preprocessing
    self.policy = policy
    self.purpose = purpose
    self.seed = seed
    self.limits = limits
    self.maxFileBytes = maxFileBytes
    self.measuresStages = measuresStages
  }

  /// The size that the canonical decode keeps. It is what the preprocessing says, so that training and evaluation
  /// filter an image in the same way; for a policy that enlarges further, it has a source pixel for each output
  /// pixel of the tightest crop.
  public var decodedSize: ImageSize {
    preprocessing.size.enlarged(by: max(preprocessing.magnification, policy.magnification))
  }
}
