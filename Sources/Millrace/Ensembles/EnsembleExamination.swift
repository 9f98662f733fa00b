/// How an ensemble does on images that it was not trained on.
public struct EnsembleExamination: Sendable {
  /// Its figures: of members of different seeds, those of their mean on the images that all were validated on, before a
  /// refit on these; of a cross-validation, those of each image by the network that was not trained on it.
  public let evaluation: Evaluation
  /// Of a cross-validation, what is said of each image.
  public let outOfFold: OutOfFoldPredictions?
  /// Of a cross-validation, the most suspect labels: the class that the image is more likely of stands for the one that
  /// it was taken for.
  public let suspects: [Mistake]

  /// The most suspect labels that are kept with their pictures.
  public static let suspectLimit = 48

  /// Puts an examination together.
  public init(
    evaluation: Evaluation, outOfFold: OutOfFoldPredictions? = nil, suspects: [Mistake] = []
  ) {
    self.evaluation = evaluation
    self.outOfFold = outOfFold
    self.suspects = suspects
  }
}
