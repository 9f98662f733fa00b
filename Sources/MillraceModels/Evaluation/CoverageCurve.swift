/// What becomes of a model that may say "none of these": how many images it still answers, and how many answers are right,
/// by the confidence from which on it answers.
public struct CoverageCurve: Sendable, Hashable {
  /// A threshold's consequences.
  public struct Point: Sendable, Hashable, Codable {
    /// An image is answered where its largest output is at least this.
    public let threshold: Double
    /// The share of the images that are answered, from 0 to 1.
    public let coverage: Double
    /// The images answered.
    public let count: Int
    /// The share of the answers that are right; nil where there are none.
    public let accuracy: Double?
  }

  /// Confidences in falling order, and how many of the images up to each are right.
  private let confidences: [Float]
  private let correct: [Int]

  /// Takes a model's answers.
  public init(_ labelled: LabelledOutputs) {
    let answers = (0..<labelled.count).map { image in
      let predicted = labelled.predicted(image)
      return (confidence: labelled[image, predicted], isCorrect: predicted == Int(labelled.labels[image]))
    }
    .sorted { $0.confidence > $1.confidence }
    confidences = answers.map(\.confidence)
    var sum = 0
    correct = answers.map { answer in
      sum += answer.isCorrect ? 1 : 0
      return sum
    }
  }

  /// The consequences of a threshold.
  public func point(at threshold: Double) -> Point {
    // Confidences fall, so those that are answered are the first.
    var (low, high) = (0, confidences.count)
    while low < high {
      let middle = (low + high) / 2
      if Double(confidences[middle]) >= threshold { low = middle + 1 } else { high = middle }
    }
    return Point(
      threshold: threshold, coverage: confidences.isEmpty ? 0 : Double(low) / Double(confidences.count),
      count: low,
      accuracy: low > 0 ? Double(correct[low - 1]) / Double(low) : nil)
  }

  /// The threshold that answers about a share of the images: all as sure as the last of them.
  ///
  /// - Parameter share: From 0 to 1.
  /// - Returns: nil of no image.
  public func surest(_ share: Double) -> Point? {
    if confidences.isEmpty { return nil }
    let last = max(1, Int((share * Double(confidences.count)).rounded())) - 1
    return point(at: Double(confidences[min(last, confidences.count - 1)]))
  }

  /// The points that a person chooses from.
  public var points: [Point] { [0, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 0.99, 0.999].map(point(at:)) }

  /// The whole curve, thinned out: each point answers about a hundredth of the images less than the one before.
  public var curve: [Point] {
    guard let last = confidences.last else { return [] }
    let step = max(1, confidences.count / 100)
    let places = stride(from: step - 1, to: confidences.count, by: step).map { Double(confidences[$0]) }
    var points = [point(at: Double(last))]
    for threshold in places.reversed() where threshold > (points.last?.threshold ?? threshold) {
      points.append(point(at: threshold))
    }
    return points
  }
}
