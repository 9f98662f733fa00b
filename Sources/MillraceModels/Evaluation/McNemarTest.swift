#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// Whether two classifiers differ, judged by the samples that only one of them takes right.
///
/// The exact form of the test: if both were equally good, each such sample would be a toss of a coin. Both must have been
/// shown the same samples. Source: Q. McNemar, "Note on the sampling error of the difference between correlated
/// proportions or percentages", 1947.
public struct McNemarTest: Sendable, Hashable, Codable {
  /// Samples that the first takes right and the second wrong.
  public let onlyFirst: Int
  /// Samples that the second takes right and the first wrong.
  public let onlySecond: Int

  /// The probability of a difference at least as large between two that are equally good, above which a difference is
  /// taken for chance.
  public static let level = 0.05

  /// Takes the two counts, each at least 0.
  public init(onlyFirst: Int, onlySecond: Int) {
    precondition(onlyFirst >= 0 && onlySecond >= 0, "samples are counted from 0")
    (self.onlyFirst, self.onlySecond) = (onlyFirst, onlySecond)
  }

  /// Counts by the samples that each takes wrong.
  public init(wrongOfFirst first: [Int], wrongOfSecond second: [Int]) {
    let (first, second) = (Set(first), Set(second))
    self.init(onlyFirst: second.subtracting(first).count, onlySecond: first.subtracting(second).count)
  }

  /// The probability, from 0 to 1, of a difference at least as large to either side if both were equally good.
  public var probability: Double {
    let trials = onlyFirst + onlySecond
    let fewer = min(onlyFirst, onlySecond)
    // Logarithms, since the coefficients of some thousand samples are beyond any number.
    var logarithm = -Double(trials) * log(2.0)
    var sum = 0.0
    for count in 0...fewer {
      if count > 0 { logarithm += log(Double(trials - count + 1) / Double(count)) }
      sum += exp(logarithm)
    }
    return min(1, 2 * sum)
  }

  /// Whether the first is better by more than chance explains.
  ///
  /// - Parameter level: The probability above which a difference is taken for chance.
  public func firstIsBetter(at level: Double = Self.level) -> Bool {
    onlyFirst > onlySecond && probability <= level
  }
}
