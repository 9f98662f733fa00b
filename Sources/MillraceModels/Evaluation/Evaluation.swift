public import MillracePipeline

/// How a model does on labelled images.
public struct Evaluation: Sendable {
  /// Images counted, at least one; those that could not be read are not.
  public let count: Int
  /// The mean loss.
  public let loss: Double
  /// The share of images whose most probable class is theirs, from 0 to 1.
  public let accuracy: Double
  /// How many images' most probable class is theirs.
  public var correct: Int { confusion.correct }
  /// For some k, the share of images whose class is among the k most probable.
  public let topK: [TopKAccuracy]
  /// Each class's figures, in the order of the model's classes.
  public let classes: [ClassReport]
  /// Who was taken for whom.
  public let confusion: ConfusionMatrix
  /// How far the probabilities can be trusted; nil where the outputs are no probabilities.
  public let calibration: Calibration?
  /// The images that the model was most sure of and wrong about, most sure first.
  public let mistakes: [Mistake]
  /// Files that could not be used.
  public let skipped: [SkippedSample]
  /// What the model has put out for each image that was counted, in the order of the data set.
  public internal(set) var outputs = LabelledOutputs(classCount: 0)
  /// Whether the loss is the cross-entropy, which follows from the outputs.
  var isCrossEntropy = false

  /// The model's classes of which no image was counted.
  public var unmeasured: [String] { classes.filter { $0.count == 0 }.map(\.name) }
}

/// What a model says of a labelled image.
public struct EvaluatedImage: Sendable, Hashable {
  /// The image's file.
  public let path: String
  /// Its class, by index.
  public let actual: Int
  /// The class that the model takes it for.
  public let predicted: Int
  /// The output of the class it is taken for: its probability, for a classifier with softmax outputs.
  public let confidence: Float
  /// The output of its own class.
  public let share: Float
}

/// The share of images whose class is among the `k` most probable.
public struct TopKAccuracy: Sendable, Hashable, Codable {
  /// From 1 to the number of classes.
  public let k: Int
  /// From 0 to 1.
  public let accuracy: Double
}

/// One class's figures.
public struct ClassReport: Sendable, Hashable, Codable {
  /// The class.
  public let name: String
  /// Its images.
  public let count: Int
  /// The share of the images taken for it that are of it, from 0 to 1; nil where none was.
  public let precision: Double?
  /// The share of its images that were found, from 0 to 1; nil where it has none.
  public let recall: Double?
  /// The harmonic mean of both; nil where it has no images.
  public let f1: Double?
}
