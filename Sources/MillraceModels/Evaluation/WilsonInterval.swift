/// The interval that holds a true share with 95 % confidence, given how often something happened among some trials.
///
/// Unlike the normal approximation it stays within 0 and 1 and is right for small numbers and for shares near the ends.
/// Source: E. B. Wilson, "Probable inference, the law of succession, and statistical inference", 1927.
public struct WilsonInterval: Sendable, Hashable, Codable {
  /// The lower end, from 0 to 1.
  public let lower: Double
  /// The upper end, from 0 to 1.
  public let upper: Double

  /// The 0.975 quantile of the normal distribution.
  private static let quantile = 1.959963984540054

  /// The interval of a share; nil of no trials, for then nothing is known.
  ///
  /// - Parameters:
  ///   - successes: How often it happened, from 0 to `trials`.
  ///   - trials: How often it could have happened.
  public init?(successes: Int, of trials: Int) {
    guard trials > 0, (0...trials).contains(successes) else { return nil }
    let (n, share, z) = (Double(trials), Double(successes) / Double(trials), Self.quantile)
    let centre = share + z * z / (2 * n)
    let reach = z * (share * (1 - share) / n + z * z / (4 * n * n)).squareRoot()
    let scale = 1 + z * z / n
    // Rounding must not move an end beyond what is possible.
    lower = successes == 0 ? 0 : max(0, (centre - reach) / scale)
    upper = successes == trials ? 1 : min(1, (centre + reach) / scale)
  }

  /// Whether two intervals have a point in common.
  public func overlaps(_ other: WilsonInterval) -> Bool { lower <= other.upper && other.lower <= upper }
}
