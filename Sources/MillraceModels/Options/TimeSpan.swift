/// A time as people write it: `30s`, `5m` or `1h`.
public struct TimeSpan: Sendable, Hashable, CustomStringConvertible {
  /// The time in seconds, above 0.
  public let seconds: Double

  private static let units: [(suffix: String, seconds: Double)] = [("h", 3600), ("m", 60), ("s", 1)]

  /// The longest that can be read, in the unit it is written in.
  private static let limit = 1_000_000.0

  /// A time in seconds, above 0.
  public init(seconds: Double) {
    self.seconds = seconds
  }

  /// Reads a time; nil for anything else.
  public init?(_ text: String) {
    guard let unit = Self.units.first(where: { text.hasSuffix($0.suffix) }),
      let count = Double(text.dropLast(unit.suffix.count).trimmingSpaces), count > 0, count <= Self.limit
    else { return nil }
    seconds = count * unit.seconds
  }

  /// Reads the time that a setting is given.
  ///
  /// - Throws: ``ConfigurationError`` for anything else.
  public init(parsing text: String, setting: String) throws(ConfigurationError) {
    guard let time = TimeSpan(text) else {
      throw ConfigurationError(
        setting: setting, problem: "must be a time such as 30s, 20m or 1h, got '\(text)'")
    }
    self = time
  }

  /// What ``init(_:)`` reads.
  public var description: String {
    let unit = Self.units.first { (seconds / $0.seconds).rounded() * $0.seconds == seconds } ?? ("s", 1)
    return "\((seconds / unit.seconds).shortText)\(unit.suffix)"
  }
}
