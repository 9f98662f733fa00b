/// How far a classifier's probabilities can be trusted: its predictions, in bins by their confidence.
///
/// The confidence of a prediction is the probability of the class that was predicted. Bin m of M = 15, from 1, holds
/// the confidences in ((m − 1)/M, m/M].
///
/// Source: Guo, Pleiss, Sun, Weinberger, "On calibration of modern neural networks", 2017.
public struct Calibration: Sendable, Hashable, Codable {
  /// The predictions in one range of confidence.
  public struct Bin: Sendable, Hashable, Codable {
    /// The number of predictions.
    public internal(set) var count = 0
    /// The number of right predictions.
    public internal(set) var correct = 0
    /// The sum of the predictions' confidences.
    public internal(set) var confidence = 0.0

    /// The share that is right, acc(B), from 0 to 1; nil for an empty bin.
    public var accuracy: Double? { count > 0 ? Double(correct) / Double(count) : nil }
    /// The mean confidence, conf(B), from 0 to 1; nil for an empty bin.
    public var meanConfidence: Double? { count > 0 ? confidence / Double(count) : nil }
  }

  /// The number of bins, M.
  public static let binCount = 15

  /// The bins, least confident first.
  public private(set) var bins = [Bin](repeating: Bin(), count: binCount)

  /// Begins without predictions.
  public init() {}

  /// Counts a prediction.
  ///
  /// - Parameters:
  ///   - confidence: From 0 to 1; a value outside of this range counts as the nearer end, and NaN as 0.
  ///   - isCorrect: Whether the prediction is right.
  ///   - count: How often it counts.
  public mutating func add(confidence: Float, isCorrect: Bool, count: Int = 1) {
    let confidence = confidence.isNaN ? 0 : min(1, max(0, confidence))
    let bin = max(0, Int((confidence * Float(Self.binCount)).rounded(.up)) - 1)
    bins[bin].count += count
    bins[bin].correct += isCorrect ? count : 0
    bins[bin].confidence += Double(confidence) * Double(count)
  }

  /// Adds the predictions of another calibration.
  package mutating func add(_ other: Calibration) {
    for (index, bin) in other.bins.enumerated() {
      bins[index].count += bin.count
      bins[index].correct += bin.correct
      bins[index].confidence += bin.confidence
    }
  }

  /// The expected calibration error, Σ |B|/n · |acc(B) − conf(B)| over the bins B of n predictions, from 0 to
  /// 1; nil where there are no predictions.
  public var expectedError: Double? {
    let total = bins.reduce(0) { $0 + $1.count }
    guard total > 0 else { return nil }
    return bins.reduce(0) { $0 + abs(Double($1.correct) - $1.confidence) } / Double(total)
  }
}
