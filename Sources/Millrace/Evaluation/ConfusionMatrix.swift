/// How often samples of each class were taken for each class.
public struct ConfusionMatrix: Sendable, Hashable {
  /// The number of classes.
  public let classCount: Int
  /// Row-major: a row a true class, a column a predicted one.
  private var counts: [Int]

  /// A matrix of zeros.
  public init(classCount: Int) {
    self.classCount = classCount
    counts = Array(repeating: 0, count: classCount * classCount)
  }

  /// Counts a sample, or several.
  public mutating func add(actual: Int, predicted: Int, count: Int = 1) {
    counts[actual * classCount + predicted] += count
  }

  /// How many samples of class `actual` were taken for class `predicted`.
  public subscript(actual actual: Int, predicted predicted: Int) -> Int {
    counts[actual * classCount + predicted]
  }

  /// The matrix as rows of true classes.
  public var rows: [[Int]] {
    (0..<classCount).map { Array(counts[$0 * classCount..<($0 + 1) * classCount]) }
  }

  /// Samples of a class.
  public func support(of label: Int) -> Int {
    (0..<classCount).reduce(0) { $0 + self[actual: label, predicted: $1] }
  }

  /// The share of the samples taken for a class that are of it; 0 where none was.
  public func precision(of label: Int) -> Double {
    let predicted = (0..<classCount).reduce(0) { $0 + self[actual: $1, predicted: label] }
    return predicted > 0 ? Double(self[actual: label, predicted: label]) / Double(predicted) : 0
  }

  /// The share of a class's samples that were found; 0 where it has none.
  public func recall(of label: Int) -> Double {
    let actual = support(of: label)
    return actual > 0 ? Double(self[actual: label, predicted: label]) / Double(actual) : 0
  }

  /// The harmonic mean of precision and recall; 0 where both are.
  public func f1(of label: Int) -> Double {
    let (p, r) = (precision(of: label), recall(of: label))
    return p + r > 0 ? 2 * p * r / (p + r) : 0
  }
}
