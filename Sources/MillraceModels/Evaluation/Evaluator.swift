import MillraceImages
public import MillracePipeline

extension Model {
  /// Measures the model on a folder of images, a folder a class; see `MeasuredImages` for which folders are taken.
  ///
  /// - Parameters:
  ///   - data: The folder; its class folders must be classes of the model, of which some may be missing.
  ///   - topK: The largest k of ``Evaluation/topK``, at least 1; fewer than there are classes count.
  ///   - mistakes: The most of ``Evaluation/mistakes``; their images are read a second time, for their pictures.
  ///   - options: How the model is run.
  ///   - each: Is handed what the model says of each image, in the order of the data set. An error ends it.
  /// - Throws: `DatasetError` where the folder is not a data set of the model's classes, or none of its images
  ///   can be read.
  public func evaluate(
    _ data: String, topK: Int = 5, mistakes: Int = 0, options: InferenceOptions = InferenceOptions(),
    each: (EvaluatedImage) throws -> Void = { _ in }
  ) throws -> Evaluation {
    try evaluate(
      try MeasuredImages(data, classes: classes).dataset, topK: topK, mistakes: mistakes, options: options,
      each: each)
  }

  /// Measures the model on a data set whose labels are the model's.
  ///
  /// - Throws: `DatasetError` where there is no image, or none can be read.
  public func evaluate(
    _ dataset: Dataset, topK: Int = 5, mistakes: Int = 0, options: InferenceOptions = InferenceOptions(),
    each: (EvaluatedImage) throws -> Void = { _ in }
  ) throws -> Evaluation {
    try evaluate(dataset, topK: topK, mistakes: mistakes, options: options, cache: nil, each: each)
  }

  /// The same with images that may have been decoded before.
  package func evaluate(
    _ dataset: Dataset, topK: Int, mistakes: Int, options: InferenceOptions, cache: ImageCache?,
    each: (EvaluatedImage) throws -> Void
  ) throws -> Evaluation {
    var tally = EvaluationTally(self, of: dataset, mistakes: mistakes)
    let loss = try forEachOutcome(of: dataset, labelled: true, options: options, cache: cache) { outcome in
      switch outcome {
      case .scored(let sample, _, let scores, _): try each(tally.add(sample: sample, scores: scores))
      case .skipped(let bad): tally.add(bad)
      }
    }
    return try tally.evaluation(loss: loss, topK: topK, reading: options.reading)
  }
}

extension Model {
  /// Whether its outputs are probabilities of which exactly one class is meant, so that a temperature has a sense.
  public var canBeCalibrated: Bool { network.loss == .crossEntropy && network.output == .softmax }

  /// Sets the temperature with which the probabilities of some images lose the least cross-entropy.
  ///
  /// - Parameter evaluation: Of this model, on images that it was not trained on.
  /// - Precondition: ``canBeCalibrated``.
  public mutating func calibrate(with evaluation: Evaluation) {
    precondition(
      canBeCalibrated && evaluation.outputs.count > 0, "only probabilities of images can be calibrated")
    // What it says now has its present temperature in it already.
    temperature = min(
      Temperature.range.upperBound,
      max(Temperature.range.lowerBound, temperature * Temperature.fitted(to: evaluation.outputs)))
  }
}
