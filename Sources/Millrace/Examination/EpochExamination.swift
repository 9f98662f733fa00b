/// What people look at after an epoch beside its figures: the weights that see the image, and how the validation went.
///
/// It is told before the epoch's report, and told again where an epoch's end is told again after a resume.
public struct EpochExamination: Sendable {
  /// The epoch, from 0.
  public var epoch: Int
  /// What the first layer's units look for.
  public var firstLayer: FirstLayerWeights
  /// What the validation showed; nil without validation.
  public var validation: ValidationExamination?

  /// Puts an examination together.
  public init(epoch: Int, firstLayer: FirstLayerWeights, validation: ValidationExamination? = nil) {
    self.epoch = epoch
    self.firstLayer = firstLayer
    self.validation = validation
  }
}

/// How the samples of a validation were taken.
public struct ValidationExamination: Sendable {
  /// Who was taken for whom; nil above ``largestConfusion`` classes.
  public var confusion: ConfusionMatrix?
  /// The samples that the network was most sure of and wrong about, most sure first.
  public var mistakes: [Mistake]
  /// How far the probabilities can be trusted; nil where the outputs are no probabilities.
  public var calibration: Calibration?
  /// The samples that the network takes for another class, ascending.
  public var wrong: [Int]

  /// The most classes of which a confusion matrix is kept: its size is their square.
  public static let largestConfusion = 1000
  /// The most mistakes that are kept.
  public static let mistakeLimit = 24

  /// Puts an examination together.
  public init(
    confusion: ConfusionMatrix?, mistakes: [Mistake] = [], calibration: Calibration? = nil, wrong: [Int] = []
  ) {
    self.confusion = confusion
    self.mistakes = mistakes
    self.calibration = calibration
    self.wrong = wrong
  }
}
