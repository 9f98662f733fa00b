public import MillracePipeline

extension Model {
  /// Measures the model on a folder of images, a folder a class.
  ///
  /// - Parameters:
  ///   - data: The folder; its class folders must be the model's classes.
  ///   - topK: The largest k of ``Evaluation/topK``, at least 1; fewer than there are classes count.
  ///   - options: How the model is run.
  /// - Throws: `DatasetError` where the folder is not a data set of the model's classes, or none of its images
  ///   can be read.
  public func evaluate(
    _ data: String, topK: Int = 5, options: InferenceOptions = InferenceOptions()
  ) throws -> Evaluation {
    try evaluate(
      try Dataset.scan(data, minimumClasses: 1).labelled(by: classes), topK: topK, options: options)
  }

  /// Measures the model on a data set whose labels are the model's.
  public func evaluate(
    _ dataset: Dataset, topK: Int = 5, options: InferenceOptions = InferenceOptions()
  ) throws -> Evaluation {
    var confusion = ConfusionMatrix(classCount: classes.count)
    // hits[r]: samples whose own class came at rank r.
    var hits = [Int](repeating: 0, count: classes.count)
    var skipped: [SkippedSample] = []
    let loss = try forEachOutcome(of: dataset, labelled: true, options: options) { outcome in
      switch outcome {
      case .scored(_, let actual, let scores):
        confusion.add(actual: actual, predicted: largest(1, of: scores, count: classes.count)[0])
        hits[rank(of: actual, in: scores, count: classes.count)] += 1
      case .skipped(let sample): skipped.append(sample)
      }
    }
    if loss.count == 0, let first = skipped.first {
      throw DatasetError.noReadableImage(first: "\(first.path): \(first.reason)")
    }
    let total = Double(max(1, loss.count))
    return Evaluation(
      count: loss.count, loss: loss.mean, accuracy: Double(hits[0]) / total,
      // That the class is among all of them says nothing.
      topK: (1...max(1, min(topK, classes.count - 1))).map { k in
        TopKAccuracy(k: k, accuracy: Double(hits.prefix(k).reduce(0, +)) / total)
      },
      classes: classes.enumerated().map { label, name in
        ClassReport(
          name: name, count: confusion.support(of: label), precision: confusion.precision(of: label),
          recall: confusion.recall(of: label), f1: confusion.f1(of: label))
      },
      confusion: confusion.rows, skipped: skipped)
  }
}
