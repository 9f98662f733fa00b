/// How often samples of each class were taken for each class. Only pairs that were seen take memory.
public struct ConfusionMatrix: Sendable, Hashable {
  /// A class, the class it was taken for, and how often.
  public struct Cell: Sendable, Hashable {
    /// The true class.
    public let actual: Int
    /// The class it was taken for.
    public let predicted: Int
    /// At least 1.
    public let count: Int

    /// The three numbers in their order, as files hold them.
    package var numbers: [Int] { [actual, predicted, count] }
  }

  /// The number of classes.
  public let classCount: Int
  /// By place in the row-major matrix: a row a true class, a column a predicted one.
  private var counts: [Int: Int] = [:]
  private var rowSums: [Int]
  private var columnSums: [Int]

  /// A matrix of zeros.
  public init(classCount: Int) {
    self.classCount = classCount
    rowSums = Array(repeating: 0, count: classCount)
    columnSums = rowSums
  }

  /// Counts a sample, or several.
  public mutating func add(actual: Int, predicted: Int, count: Int = 1) {
    precondition(predicted < classCount, "class \(predicted) of \(classCount)")
    rowSums[actual] += count
    columnSums[predicted] += count
    if count > 0 { counts[actual * classCount + predicted, default: 0] += count }
  }

  /// How many samples of class `actual` were taken for class `predicted`.
  public subscript(actual actual: Int, predicted predicted: Int) -> Int {
    counts[actual * classCount + predicted] ?? 0
  }

  /// Samples that were taken for their own class.
  public var correct: Int {
    (0..<classCount).reduce(0) { $0 + self[actual: $1, predicted: $1] }
  }

  /// What is not zero, row by row.
  public var cells: [Cell] {
    counts.sorted { $0.key < $1.key }.map { place, count in
      Cell(actual: place / classCount, predicted: place % classCount, count: count)
    }
  }

  /// Samples of a class.
  public func support(of label: Int) -> Int { rowSums[label] }

  /// Samples that were taken for a class.
  public func predictions(of label: Int) -> Int { columnSums[label] }

  /// The share of the samples taken for a class that are of it; nil where none was.
  public func precision(of label: Int) -> Double? {
    share(self[actual: label, predicted: label], columnSums[label])
  }

  /// The share of a class's samples that were found; nil where it has none.
  public func recall(of label: Int) -> Double? {
    share(self[actual: label, predicted: label], rowSums[label])
  }

  /// The harmonic mean of precision and recall, 2 · hits ÷ (samples of the class + samples taken for it); nil where the
  /// class has no samples.
  public func f1(of label: Int) -> Double? {
    if rowSums[label] == 0 { return nil }
    return share(2 * self[actual: label, predicted: label], rowSums[label] + columnSums[label])
  }

  private func share(_ part: Int, _ whole: Int) -> Double? { whole > 0 ? Double(part) / Double(whole) : nil }
}
