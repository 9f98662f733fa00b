import MillraceModels
import MillraceTraining

/// How often a model was right, and what that says about images that it has not seen.
struct MeasuredAccuracy: Sendable {
  /// The share of the images whose class was recognised, from 0 to 1.
  let accuracy: Double
  /// The number of images and of right answers; nil where only the share is known.
  let counted: (correct: Int, count: Int)?
  /// The range of the true share with 95 % confidence.
  var interval: WilsonInterval? { counted.flatMap { WilsonInterval(successes: $0.correct, of: $0.count) } }

  /// The text for people: the share, and the interval where it is known.
  func text(digits: Int = 1) -> String {
    counted.map { Figures.accuracy(correct: $0.correct, of: $0.count, digits: digits) }
      ?? Figures.percent(accuracy, digits: digits)
  }
}

extension RunRecord {
  /// How often the best epoch's weights were right; nil without validation.
  var validated: MeasuredAccuracy? {
    guard let validation = best?.validation, let accuracy = validation.accuracy else { return nil }
    if validation.count != MetricsRows.sampleCount {
      return MeasuredAccuracy(accuracy: accuracy, counted: (validation.correct, validation.count))
    }
    // A row of a table holds only the share.
    return MeasuredAccuracy(
      accuracy: accuracy,
      counted: validationCount.map { (Int((accuracy * Double($0)).rounded()), $0) })
  }

  /// How often the model was right in its last evaluation; nil where it was never evaluated.
  var tested: MeasuredAccuracy? { tests.last.flatMap(\.answers) }
}

extension RunRecord.EvaluationRecord {
  /// How often the model was right; nil where there was no image.
  var answers: MeasuredAccuracy? {
    count > 0
      ? MeasuredAccuracy(accuracy: Double(correct) / Double(count), counted: (correct, count)) : nil
  }
}
