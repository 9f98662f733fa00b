public import MillraceRandom

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// The argument that a policy gives for a parameter: `15`, `0.5..1`, `±15` or a word.
public enum AugmentationArgument: Hashable, Sendable, CustomStringConvertible {
  /// One number. Its meaning depends on the parameter's form.
  case value(Float)
  /// Any number from the first to the second.
  case range(Float, Float)
  /// One of two ends: −v or v, or 1 − v or 1 + v, as the parameter's form says.
  case ends(Float)
  /// One of the words that the parameter knows.
  case word(String)

  /// The argument as the policy grammar spells it.
  public var description: String {
    switch self {
    case .value(let value): Self.text(value)
    case .range(let low, let high): "\(Self.text(low))..\(Self.text(high))"
    case .ends(let value): "±\(Self.text(value))"
    case .word(let word): word
    }
  }

  /// The shortest decimal that reads back as the same number.
  static func text(_ value: Float) -> String {
    value == value.rounded() && abs(value) < 1e6 ? String(Int(value)) : value.description
  }
}

/// The numbers that a parameter may have in one draw: an interval, or its two ends.
public struct ArgumentSpan: Hashable, Sendable {
  /// The lowest number.
  public internal(set) var low: Float
  /// The highest number.
  public internal(set) var high: Float
  /// Whether only these two are drawn, and nothing in between.
  public internal(set) var onlyEnds = false

  init(low: Float, high: Float, onlyEnds: Bool = false) {
    self.low = low
    self.high = high
    self.onlyEnds = onlyEnds
  }

  /// Draws a number. It always takes one random number, so the member's next draws do not depend on the bounds.
  public func draw(using random: inout KeyedRandom) -> Float {
    let u = random.uniform()
    if onlyEnds { return u < 0.5 ? low : high }
    return min(high, low + (high - low) * u)
  }

  /// Draws a number whose logarithm is uniform, for factors and ratios, whose bounds are above 0.
  public func drawLogarithmic(using random: inout KeyedRandom) -> Float {
    let u = random.uniform()
    if onlyEnds { return u < 0.5 ? low : high }
    if low == high { return low }
    return min(high, max(low, low * powf(high / low, u)))
  }

  /// Draws a whole number from low to high, all equally likely.
  public func drawWhole(using random: inout KeyedRandom) -> Float {
    let u = random.uniform()
    if onlyEnds { return u < 0.5 ? low : high }
    return min(high, low + (u * (high - low + 1)).rounded(.down))
  }
}
