import MillraceModels

/// A number that a choice such as an optimiser takes: `beta1` of `adam:beta1=0.9`.
public struct NamedParameter: Sendable, Hashable {
  /// How it is written.
  public let key: String
  /// What it sets, in a few words.
  public let summary: String
  /// What it is where nothing is written.
  public let defaultValue: Double
  /// What it may be.
  public let limits: Limits
  /// Whether it must be a whole number.
  public let isWhole: Bool

  /// An interval of numbers, each end with or without its bound.
  public struct Limits: Sendable, Hashable {
    package let low: Double
    package let high: Double
    let includesLow: Bool
    let includesHigh: Bool

    /// [low, high].
    public static func from(_ low: Double, to high: Double) -> Limits {
      Limits(low: low, high: high, includesLow: true, includesHigh: true)
    }

    /// [low, high).
    public static func from(_ low: Double, below high: Double) -> Limits {
      Limits(low: low, high: high, includesLow: true, includesHigh: false)
    }

    /// (low, high].
    public static func above(_ low: Double, to high: Double) -> Limits {
      Limits(low: low, high: high, includesLow: false, includesHigh: true)
    }

    /// (low, high).
    public static func above(_ low: Double, below high: Double) -> Limits {
      Limits(low: low, high: high, includesLow: false, includesHigh: false)
    }
  }

  /// Describes a parameter.
  public init(
    _ key: String, default value: Double, _ limits: Limits, isWhole: Bool = false, _ summary: String
  ) {
    self.key = key
    self.summary = summary
    self.limits = limits
    self.isWhole = isWhole
    defaultValue = value
    precondition(accepts(value), "\(key): the default \(value) is out of range")
  }

  /// Whether a value is allowed. NaN never is.
  public func accepts(_ value: Double) -> Bool {
    if isWhole && value != value.rounded() { return false }
    let isAbove = limits.includesLow ? value >= limits.low : value > limits.low
    let isBelow = limits.includesHigh ? value <= limits.high : value < limits.high
    return isAbove && isBelow
  }

  /// What it may be, in words that follow "must be".
  public var allowed: String {
    let (low, high) = (limits.low.shortText, limits.high.shortText)
    let text =
      switch (limits.includesLow, limits.includesHigh) {
      case (true, true): "from \(low) to \(high)"
      case (true, false): "from \(low) to below \(high)"
      case (false, true): "above \(low) and at most \(high)"
      case (false, false): "above \(low) and below \(high)"
      }
    return (isWhole ? "a whole number " : "") + text
  }
}
