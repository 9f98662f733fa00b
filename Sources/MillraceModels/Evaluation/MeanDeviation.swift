/// Some figures' mean, and how far they lie apart.
package struct MeanDeviation: Sendable, Hashable, Codable {
  /// Σx / n.
  package let mean: Double
  /// The sample standard deviation, √(Σ(x − mean)² / (n − 1)); nil of fewer than two figures.
  package let deviation: Double?
  /// n.
  package let count: Int

  /// Of some figures; nil where there are none.
  package init?(_ values: [Double]) {
    guard !values.isEmpty else { return nil }
    count = values.count
    let mean = values.reduce(0, +) / Double(count)
    self.mean = mean
    deviation =
      count > 1
      ? (values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(count - 1)).squareRoot() : nil
  }
}
