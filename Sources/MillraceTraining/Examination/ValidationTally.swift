import Foundation
import MillraceImages
import MillraceModels
import MillraceNetwork
import MillracePipeline
import MillraceShards

/// Looks at a validation's predictions as they come, in memory that does not grow with the number of samples.
struct ValidationTally {
  private let dataset: Dataset
  private let preprocessing: Preprocessing
  private var confusion: ConfusionMatrix?
  private var ranking = MistakeRanking(limit: ValidationExamination.mistakeLimit)
  private var calibration: Calibration?
  private var wrong: [Int] = []

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
  /// - Parameter predictions: (count, classes), the network's outputs for each row.
  mutating func add(_ minibatch: Minibatch, predictions: Matrix) {
    for row in 0..<minibatch.count {
      let scores = predictions.row(row)
      let actual = Int(minibatch.labels[row])
      let predicted = largest(of: scores, count: predictions.columns)
      confusion?.add(actual: actual, predicted: predicted)
      calibration?.add(confidence: scores[predicted], isCorrect: predicted == actual)
      guard predicted != actual else { continue }
      let sample = Int(minibatch.samples[row])
      wrong.append(sample)
      ranking.add(confidence: scores[predicted]) {
        Mistake(
          sample: sample, path: dataset.path(of: sample), actual: actual, predicted: predicted,
          confidence: scores[predicted], share: scores[actual],
          picture: Image(
            rendering: minibatch.features(ofRow: row), preprocessing: preprocessing
          ).thumbnail)
      }
    }
  }

  /// Merges the tallies of several ranks, each of its own samples.
  mutating func merge(with group: any ProcessGroup) throws {
    guard group.count > 1 else { return }
    let own = String(decoding: try JSONEncoder().encode(Findings(self)), as: UTF8.self)
    confusion = confusion.map { ConfusionMatrix(classCount: $0.classCount) }
    ranking = MistakeRanking(limit: ValidationExamination.mistakeLimit)
    calibration = calibration.map { _ in Calibration() }
    wrong = []
    for text in try group.gather(own) {
      let findings = try JSONDecoder().decode(Findings.self, from: Data(text.utf8))
      for cell in findings.confusion { confusion?.add(actual: cell[0], predicted: cell[1], count: cell[2]) }
      if let other = findings.calibration { calibration?.add(other) }
      wrong += findings.wrong
      for mistake in findings.mistakes { ranking.add(confidence: mistake.confidence) { mistake.mistake } }
    }
  }

  /// The examination of all that was counted.
  var examination: ValidationExamination {
    ValidationExamination(
      confusion: confusion, mistakes: ranking.mistakes, calibration: calibration, wrong: wrong.sorted())
  }
}

/// A tally on its way to other ranks.
private struct Findings: Codable {
  /// Triples of actual class, predicted class and count, where the count is not zero.
  let confusion: [[Int]]
  let calibration: Calibration?
  let mistakes: [SentMistake]
  let wrong: [Int]

  init(_ tally: ValidationTally) {
    let examination = tally.examination
    confusion = examination.confusion?.cells.map(\.numbers) ?? []
    calibration = examination.calibration
    mistakes = examination.mistakes.map(SentMistake.init)
    wrong = examination.wrong
  }
}

/// A ``Mistake`` on its way to other ranks.
private struct SentMistake: Codable {
  let sample: Int
  let path: String
  let actual: Int
  let predicted: Int
  let confidence: Float
  let share: Float
  let width: Int
  let height: Int
  let channels: Int
  let pixels: Data

  init(_ mistake: Mistake) {
    (sample, path) = (mistake.sample, mistake.path)
    (actual, predicted) = (mistake.actual, mistake.predicted)
    (confidence, share) = (mistake.confidence, mistake.share)
    (width, height) = (mistake.picture?.width ?? 0, mistake.picture?.height ?? 0)
    channels = mistake.picture?.channels.rawValue ?? 0
    pixels = Data(mistake.picture?.pixels ?? [])
  }

  var mistake: Mistake {
    Mistake(
      sample: sample, path: path, actual: actual, predicted: predicted, confidence: confidence, share: share,
      picture: Channels(rawValue: channels).map {
        Image(width: width, height: height, channels: $0, pixels: Array(pixels))
      })
  }
}
