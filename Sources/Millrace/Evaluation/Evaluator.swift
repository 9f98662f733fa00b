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
    var confusion = ConfusionMatrix(classCount: classes.count)
    // hits[r]: samples whose own class came at rank r.
    var hits = [Int](repeating: 0, count: classes.count)
    var calibration = network.output.isProbability ? Calibration() : nil
    var ranking = MistakeRanking(limit: mistakes)
    var skipped: [SkippedSample] = []
    let loss = try forEachOutcome(of: dataset, labelled: true, options: options) { outcome in
      switch outcome {
      case .scored(let sample, let actual, let scores):
        let predicted = largest(of: scores, count: classes.count)
        let image = EvaluatedImage(
          path: dataset.path(of: sample), actual: actual, predicted: predicted,
          confidence: scores[predicted], share: scores[actual])
        confusion.add(actual: actual, predicted: predicted)
        calibration?.add(confidence: image.confidence, isCorrect: predicted == actual)
        hits[rank(of: actual, in: scores, count: classes.count)] += 1
        if predicted != actual {
          ranking.add(confidence: image.confidence) { Mistake(image, sample: sample) }
        }
        try each(image)
      case .skipped(let sample): skipped.append(sample)
      }
    }
    guard let meanLoss = loss.mean else {
      guard let first = skipped.first else { throw DatasetError.empty(path: dataset.root) }
      throw DatasetError.noReadableImage(first: "\(first.path): \(first.reason)")
    }
    let total = Double(loss.count)
    return Evaluation(
      count: loss.count, loss: meanLoss, accuracy: Double(hits[0]) / total,
      // That the class is among all of them says nothing.
      topK: (1...max(1, min(topK, classes.count - 1))).map { k in
        TopKAccuracy(k: k, accuracy: Double(hits.prefix(k).reduce(0, +)) / total)
      },
      classes: classes.enumerated().map { label, name in
        ClassReport(
          name: name, count: confusion.support(of: label), precision: confusion.precision(of: label),
          recall: confusion.recall(of: label), f1: confusion.f1(of: label))
      },
      confusion: confusion, calibration: calibration,
      mistakes: pictured(ranking.mistakes, of: dataset, options: options), skipped: skipped)
  }

  /// Mistakes with their pictures; a file that can no longer be read has none.
  private func pictured(_ mistakes: [Mistake], of dataset: Dataset, options: InferenceOptions) -> [Mistake] {
    if mistakes.isEmpty { return [] }
    let loader = ImageLoader(
      dataset: dataset, loading: ImageLoading(preprocessing: preprocessing).reading(options.reading))
    return mistakes.map { mistake in
      var mistake = mistake
      mistake.picture = (try? loader.row(of: mistake.sample, epoch: 0)).map {
        Image(rendering: $0, preprocessing: preprocessing).thumbnail
      }
      return mistake
    }
  }
}

extension Mistake {
  fileprivate init(_ image: EvaluatedImage, sample: Int) {
    self.init(
      sample: sample, path: image.path, actual: image.actual, predicted: image.predicted,
      confidence: image.confidence, share: image.share)
  }
}
