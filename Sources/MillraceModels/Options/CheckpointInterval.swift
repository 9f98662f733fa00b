/// How often a run saves a checkpoint between the ends of epochs (`checkpoint-interval`).
public enum CheckpointInterval: Sendable, Hashable, CustomStringConvertible {
  /// After so many seconds.
  case seconds(Double)
  /// After so many steps.
  case steps(Int)
  /// Only where an epoch ends.
  case never

  /// Reads a time such as `30s`, `5m` or `1h`, a number of steps such as `200` or `200steps`, or `never`.
  ///
  /// - Throws: ``ConfigurationError`` for anything else.
  public init(parsing text: String) throws(ConfigurationError) {
    let number = text.hasSuffix("steps") ? text.dropLast(5).trimmingSpaces : text
    if text == "never" {
      self = .never
    } else if let steps = Int(number), (1...1_000_000_000).contains(steps) {
      self = .steps(steps)
    } else if let time = TimeSpan(text) {
      self = .seconds(time.seconds)
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
    case .never: "never"
    case .steps(let count): "\(count)"
    case .seconds(let seconds): "\(TimeSpan(seconds: seconds))"
    }
  }

  /// Whether it is over.
  package func isOver(steps: Int, seconds: Double) -> Bool {
    switch self {
    case .never: false
    case .steps(let count): steps >= count
    case .seconds(let limit): seconds >= limit
    }
  }
}
