package import MillraceImages
package import MillraceNetwork
package import MillracePipeline

/// Counts what became of labelled images one by one, and makes an ``Evaluation`` of it.
package struct EvaluationTally {
  private let model: Model
  private let dataset: Dataset
  private var confusion: ConfusionMatrix
  /// hits[r]: samples whose own class came at rank r.
  private var hits: [Int]
  private var calibration: Calibration?
  private var ranking: MistakeRanking
  private var skipped: [SkippedSample] = []
  private var outputs: LabelledOutputs

  /// - Parameters:
  ///   - model: Whose classes and outputs are counted.
  ///   - dataset: The images, whose labels are the model's.
  ///   - mistakes: The most of ``Evaluation/mistakes``.
  package init(_ model: Model, of dataset: Dataset, mistakes: Int) {
    self.model = model
    self.dataset = dataset
    confusion = ConfusionMatrix(classCount: model.classes.count)
    hits = Array(repeating: 0, count: model.classes.count)
    calibration = model.network.output.isProbability ? Calibration() : nil
    ranking = MistakeRanking(limit: mistakes)
    outputs = LabelledOutputs(classCount: model.classes.count)
  }

  /// Counts an image.
  ///
  /// - Parameters:
  ///   - sample: Its number in the data set.
  ///   - scores: One a class, borrowed.
  package mutating func add(sample: Int, scores: UnsafePointer<Float>) -> EvaluatedImage {
    let count = model.classes.count
    let actual = dataset.label(of: sample)
    let predicted = largest(of: scores, count: count)
    let image = EvaluatedImage(
      path: dataset.path(of: sample), actual: actual, predicted: predicted, confidence: scores[predicted],
      share: scores[actual])
    confusion.add(actual: actual, predicted: predicted)
    outputs.add(label: actual, outputs: UnsafeBufferPointer(start: scores, count: count))
    calibration?.add(confidence: image.confidence, isCorrect: predicted == actual)
    hits[rank(of: actual, in: scores, count: count)] += 1
    if predicted != actual {
      ranking.add(confidence: image.confidence) { Mistake(image, sample: sample) }
    }
    return image
  }

  /// Notes an image that could not be used.
  package mutating func add(_ bad: SkippedSample) { skipped.append(bad) }

  /// The figures.
  ///
  /// - Parameters:
  ///   - loss: Over the images that were counted.
  ///   - topK: The largest k of ``Evaluation/topK``.
  ///   - reading: What a file may cost that is read again for the picture of a mistake.
  /// - Throws: `DatasetError` where there was no image, or none could be used.
  package func evaluation(loss: LossSum, topK: Int, reading: ReadingOptions) throws(DatasetError)
    -> Evaluation
  {
    guard let mean = loss.mean else {
      guard let first = skipped.first else { throw .empty(path: dataset.root) }
      throw .noReadableImage(first: "\(first.path): \(first.reason)")
    }
    let total = Double(loss.count)
    let classes = model.classes
    return Evaluation(
      count: loss.count, loss: mean, accuracy: Double(hits[0]) / total,
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
      mistakes: pictured(ranking.mistakes, reading: reading), skipped: skipped, outputs: outputs,
      isCrossEntropy: model.network.loss == .crossEntropy)
  }

  /// Mistakes with their pictures; a file that can no longer be read has none.
  private func pictured(_ mistakes: [Mistake], reading: ReadingOptions) -> [Mistake] {
    let pictures = model.pictures(of: mistakes.map(\.sample), in: dataset, reading: reading)
    return zip(mistakes, pictures).map { mistake, picture in
      var mistake = mistake
      mistake.picture = picture
      return mistake
    }
  }
}

extension Model {
  /// What its network sees of some images; nil for a file that cannot be read.
  package func pictures(of samples: [Int], in dataset: Dataset, reading: ReadingOptions) -> [Image?] {
    if samples.isEmpty { return [] }
    let loader = ImageLoader(
      dataset: dataset, loading: ImageLoading(preprocessing: preprocessing).reading(reading))
    return samples.map { sample in
      (try? loader.row(of: sample, epoch: 0)).map {
        Image(rendering: $0, preprocessing: preprocessing).thumbnail
      }
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
