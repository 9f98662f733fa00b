/// A figure that was measured on some images, and where it would lie with 95 % confidence if all images there are had
/// been measured.
public struct Estimate: Sendable, Hashable {
  /// What was measured.
  public let value: Double
  /// The interval's ends; nil where none can be told.
  public let interval: ClosedRange<Double>?

  /// Takes a figure and its interval.
  public init(_ value: Double, interval: ClosedRange<Double>? = nil) {
    self.value = value
    self.interval = interval
  }

  /// A share, with its ``WilsonInterval``; nil of no trials.
  ///
  /// - Parameters:
  ///   - successes: How often it happened, from 0 to `trials`.
  ///   - trials: How often it could have happened.
  public init?(successes: Int, of trials: Int) {
    guard let interval = WilsonInterval(successes: successes, of: trials) else { return nil }
    self.init(Double(successes) / Double(trials), interval: interval.lower...interval.upper)
  }
}
