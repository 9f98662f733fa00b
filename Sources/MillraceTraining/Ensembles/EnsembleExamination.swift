public import MillraceModels

/// How an ensemble does on images that it was not trained on.
public struct EnsembleExamination: Sendable {
  /// The figures. For members of different seeds they are those of the members' mean on the images that all were
  /// validated on, before a refit on these. For a cross-validation each image is judged by the network that was not
  /// trained on it.
  public let evaluation: Evaluation
  /// The predictions for each image of a cross-validation; nil otherwise.
  public let outOfFold: OutOfFoldPredictions?
  /// The most suspect labels of a cross-validation: as the predicted class each has the class to which the image
  /// more likely belongs.
  public let suspects: [Mistake]

  /// The largest number of suspect labels that are kept with their pictures.
  public static let suspectLimit = 48

  /// Makes an examination.
  public init(
    evaluation: Evaluation, outOfFold: OutOfFoldPredictions? = nil, suspects: [Mistake] = []
  ) {
    self.evaluation = evaluation
    self.outOfFold = outOfFold
    self.suspects = suspects
  }
}
