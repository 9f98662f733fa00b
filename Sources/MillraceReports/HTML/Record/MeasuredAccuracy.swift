import Millrace

/// How often a model was right, and what that says of the images that it has not seen.
struct MeasuredAccuracy: Sendable {
  /// The share of the images of which the class was named, from 0 to 1.
  let accuracy: Double
  /// The images and the right answers; nil where only the share is known.
  let counted: (correct: Int, count: Int)?
  /// Where the true share lies with 95 % confidence.
  var interval: WilsonInterval? { counted.flatMap { WilsonInterval(successes: $0.correct, of: $0.count) } }

  /// For people: the share, and where it is known the interval.
  func text(digits: Int = 1) -> String {
    counted.map { Figures.accuracy(correct: $0.correct, of: $0.count, digits: digits) }
      ?? Figures.percent(accuracy, digits: digits)
  }
}

extension RunRecord {
  /// What the best epoch's weights were right in; nil without validation.
  var validated: MeasuredAccuracy? {
    guard let validation = best?.validation, let accuracy = validation.accuracy else { return nil }
    if validation.count != MetricsRows.sampleCount {
      return MeasuredAccuracy(accuracy: accuracy, counted: (validation.correct, validation.count))
    }
    // A row of a table tells the share alone.
    return MeasuredAccuracy(
      accuracy: accuracy,
      counted: validationCount.map { (Int((accuracy * Double($0)).rounded()), $0) })
  }

  /// What the model was right in when it was evaluated last; nil for never.
  var tested: MeasuredAccuracy? { tests.last.flatMap(\.answers) }
}

extension RunRecord.EvaluationRecord {
  /// What the model was right in; nil of no image.
  var answers: MeasuredAccuracy? {
    count > 0
      ? MeasuredAccuracy(accuracy: Double(correct) / Double(count), counted: (correct, count)) : nil
  }
}
