/// Some figures' mean, and how far they lie apart.
public struct MeanDeviation: Sendable, Hashable, Codable {
  /// Σx / n.
  public let mean: Double
  /// The sample standard deviation, √(Σ(x − mean)² / (n − 1)); nil of fewer than two figures.
  public let deviation: Double?
  /// n.
  public let count: Int

  /// Of some figures; nil where there are none.
  public init?(_ values: [Double]) {
    guard !values.isEmpty else { return nil }
    count = values.count
    let mean = values.reduce(0, +) / Double(count)
    self.mean = mean
    deviation =
      count > 1
      ? (values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(count - 1)).squareRoot() : nil
  }
}
