/// How often a run saves a checkpoint between the ends of epochs (`checkpoint-interval`).
public enum CheckpointInterval: Sendable, Hashable, CustomStringConvertible {
  /// After so many seconds.
  case seconds(Double)
  /// After so many steps.
  case steps(Int)
  /// Only where an epoch ends.
  case never

  private static let units: [(suffix: String, seconds: Double)] = [("h", 3600), ("m", 60), ("s", 1)]

  /// Reads a time such as `30s`, `5m` or `1h`, a number of steps such as `200` or `200steps`, or `never`.
  ///
  /// - Throws: ``ConfigurationError`` for anything else.
  public init(parsing text: String) throws(ConfigurationError) {
    let number = text.hasSuffix("steps") ? text.dropLast(5).trimmingSpaces : text
    if text == "never" {
      self = .never
    } else if let steps = Int(number), (1...1_000_000_000).contains(steps) {
      self = .steps(steps)
    } else if let unit = Self.units.first(where: { text.hasSuffix($0.suffix) }),
      let count = Double(text.dropLast(unit.suffix.count).trimmingSpaces), count > 0, count <= 1_000_000
    {
      self = .seconds(count * unit.seconds)
    } else {
      throw ConfigurationError(
        setting: "checkpoint-interval",
        problem:
          "must be a time such as 30s, 5m or 1h, a number of steps such as 200, or never, got '\(text)'")
    }
  }

  /// What ``init(parsing:)`` reads.
  public var description: String {
    switch self {
    case .never: return "never"
    case .steps(let count): return "\(count)"
    case .seconds(let seconds):
      let unit = Self.units.first { (seconds / $0.seconds).rounded() * $0.seconds == seconds } ?? ("s", 1)
      return "\((seconds / unit.seconds).shortText)\(unit.suffix)"
    }
  }

  /// Whether it is over.
  func isOver(steps: Int, seconds: Double) -> Bool {
    switch self {
    case .never: false
    case .steps(let count): steps >= count
    case .seconds(let limit): seconds >= limit
    }
  }
}
