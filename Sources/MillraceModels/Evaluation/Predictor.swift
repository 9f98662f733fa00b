public import MillracePipeline

/// What a model says of one image.
public struct Prediction: Sendable {
  /// The image's file.
  public let path: String
  /// The most probable classes, most probable first.
  public let ranked: [RankedClass]
  /// Whether the model is too unsure of the first of them to name it: see ``InferenceOptions/thresholds``.
  public var isRejected = false
  /// What the model's last layer with weights has read, see ``Model/featureCount``; nil unless
  /// ``InferenceOptions/givesFeatures`` asks for it.
  public var features: [Float]?
  /// What of the image speaks for the first class; nil unless ``InferenceOptions/explains`` asks for it, of a
  /// ``PredictionStream``.
  public var explanation: Explanation?

  package init(
    path: String, ranked: [RankedClass], isRejected: Bool = false, features: [Float]? = nil
  ) {
    self.path = path
    self.ranked = ranked
    self.isRejected = isRejected
    self.features = features
  }
}

/// A class and how probable it is.
public struct RankedClass: Sendable, Hashable, Codable {
  /// The class.
  public let name: String
  /// From 0 to 1 for a classifier with softmax outputs.
  public let probability: Float
}

extension Model {
  /// Predicts the classes of images.
  ///
  /// - Parameters:
  ///   - paths: Files, and folders of files, in any depth.
  ///   - topK: How many classes to name for each, at least 1.
  ///   - options: How the model is run.
  ///   - each: Is handed each image's prediction, or why there is none, in the order of the paths.
  /// - Throws: `DatasetError` for a path that does not exist, or what `each` throws.
  public func predict(
    _ paths: [String], topK: Int = 1, options: InferenceOptions = InferenceOptions(),
    each: (Result<Prediction, BadSample>) throws -> Void
  ) throws {
    let dataset = try Dataset.unlabelled(paths)
    guard dataset.count > 0 else { throw DatasetError.empty(path: paths.joined(separator: ", ")) }
    _ = try forEachOutcome(of: dataset, labelled: false, options: options) { outcome in
      try each(prediction(outcome, of: dataset, topK: topK, options: options))
    }
  }

  /// What became of an image, in the form that users see.
  func prediction(
    _ outcome: InferenceOutcome, of dataset: Dataset, topK: Int, options: InferenceOptions
  ) -> Result<Prediction, BadSample> {
    switch outcome {
    case .scored(let sample, _, let scores, let features):
      let ranked = largest(topK, of: scores, count: classes.count).map {
        RankedClass(name: classes[$0], probability: scores[$0])
      }
      let isRejected = options.thresholds.map { thresholds in
        ranked.first.map { !thresholds.accepts($0) } ?? true
      }
      return .success(
        Prediction(
          path: dataset.path(of: sample), ranked: ranked, isRejected: isRejected ?? false,
          features: features.map { Array($0) }))
    case .skipped(let bad):
      return .failure(BadSample(path: bad.path, reason: bad.reason))
    }
  }

  /// Predicts the classes of images and returns the predictions in the order of the paths.
  ///
  /// - Throws: `DatasetError` for a path that does not exist, `BadSample` for the first image that cannot be
  ///   read.
  public func predict(
    _ paths: [String], topK: Int = 1, options: InferenceOptions = InferenceOptions()
  ) throws -> [Prediction] {
    var predictions: [Prediction] = []
    try predict(paths, topK: topK, options: options) {
      predictions.append(try $0.get())
    }
    return predictions
  }
}
