import MillraceImages
import MillraceNetwork
import MillracePipeline

/// Looks at a validation's predictions as they come: memory is bounded, whatever the number of samples.
struct ValidationTally {
  private let dataset: Dataset
  private let preprocessing: Preprocessing
  private var confusion: ConfusionMatrix?
  private var ranking = MistakeRanking(limit: ValidationExamination.mistakeLimit)
  private var calibration: Calibration?

  init(_ dataset: Dataset, loading: ImageLoading, network: NetworkConfiguration) {
    self.dataset = dataset
    preprocessing = loading.preprocessing
    let classes = network.outputCount
    confusion =
      classes <= ValidationExamination.largestConfusion ? ConfusionMatrix(classCount: classes) : nil
    calibration = network.output.isProbability ? Calibration() : nil
  }

  /// Counts a minibatch.
  ///
  /// - Parameter predictions: (count, classes), what the network says of each row.
  mutating func add(_ minibatch: Minibatch, predictions: Matrix) {
    for row in 0..<minibatch.count {
      let scores = predictions.row(row)
      let actual = Int(minibatch.labels[row])
      let predicted = largest(of: scores, count: predictions.columns)
      confusion?.add(actual: actual, predicted: predicted)
      calibration?.add(confidence: scores[predicted], isCorrect: predicted == actual)
      guard predicted != actual else { continue }
      let sample = Int(minibatch.samples[row])
      ranking.add(confidence: scores[predicted]) {
        Mistake(
          sample: sample, path: dataset.path(of: sample), actual: actual, predicted: predicted,
          confidence: scores[predicted], share: scores[actual],
          picture: Image(
            rendering: minibatch.features + row * minibatch.featureCount, preprocessing: preprocessing
          ).thumbnail)
      }
    }
  }

  /// What was seen.
  var examination: ValidationExamination {
    ValidationExamination(confusion: confusion, mistakes: ranking.mistakes, calibration: calibration)
  }
}

extension OutputKind {
  /// Whether outputs lie between 0 and 1 and are read as probabilities.
  var isProbability: Bool { self == .softmax || self == .sigmoid }
}
