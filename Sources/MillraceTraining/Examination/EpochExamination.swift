public import MillraceModels

/// What people look at after an epoch, beside its figures: the weights of the first layer, and how the
/// validation went.
///
/// It is announced before the epoch's report, and again where a resume announces the epoch's end again.
public struct EpochExamination: Sendable {
  /// The epoch, from 0.
  public var epoch: Int
  /// What the first layer's units look for.
  public var firstLayer: FirstLayerWeights
  /// What the validation showed; nil without validation.
  public var validation: ValidationExamination?

  /// Makes an examination.
  public init(epoch: Int, firstLayer: FirstLayerWeights, validation: ValidationExamination? = nil) {
    self.epoch = epoch
    self.firstLayer = firstLayer
    self.validation = validation
  }
}

/// How the network classified the samples of a validation.
public struct ValidationExamination: Sendable {
  /// Which classes were taken for which; nil above ``largestConfusion`` classes.
  public var confusion: ConfusionMatrix?
  /// The wrong predictions of which the network was most sure, most sure first.
  public var mistakes: [Mistake]
  /// How far the probabilities can be trusted; nil where the outputs are not probabilities.
  public var calibration: Calibration?
  /// The samples that the network takes for another class, in ascending order.
  public var wrong: [Int]

  /// The largest number of classes for which a confusion matrix is kept: its size is the square of their
  /// number.
  public static let largestConfusion = 1000
  /// The largest number of mistakes that are kept.
  public static let mistakeLimit = 24

  /// Makes an examination.
  public init(
    confusion: ConfusionMatrix?, mistakes: [Mistake] = [], calibration: Calibration? = nil, wrong: [Int] = []
  ) {
    self.confusion = confusion
    self.mistakes = mistakes
    self.calibration = calibration
    self.wrong = wrong
  }
}
