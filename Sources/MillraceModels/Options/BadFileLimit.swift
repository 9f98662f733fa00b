/// How many of a run's files may be bad before it ends (`max-bad`).
public enum BadFileLimit: Sendable, Hashable, CustomStringConvertible {
  /// 1 % of the images, but ten files of a small data set: a few strays do not end a run, a damaged folder does.
  case auto
  /// A share of the images trained and validated on, in percent.
  case percent(Double)
  /// A number of files.
  case count(Int)

  /// Files that ``auto`` lets pass in any data set.
  static let autoCount = 10

  /// Reads `auto`, a share such as `1%`, or a count such as `20`.
  ///
  /// - Throws: ``ConfigurationError`` for anything else.
  public init(parsing text: String) throws(ConfigurationError) {
    if text == "auto" {
      self = .auto
    } else if text.hasSuffix("%"), let percent = Double(text.dropLast().trimmingSpaces),
      (0...100).contains(percent)
    {
      self = .percent(percent)
    } else if let count = Int(text), count >= 0 {
      self = .count(count)
    } else {
      throw ConfigurationError(
        setting: "max-bad",
        problem: "must be a share such as 1%, a number of files such as 20, or auto, got '\(text)'")
    }
  }

  /// What ``init(parsing:)`` reads.
  public var description: String {
    switch self {
    case .auto: "auto"
    case .percent(let percent): "\(percent.shortText)%"
    case .count(let count): "\(count)"
    }
  }

  /// The most bad files among so many.
  public func files(of total: Int) -> Int {
    switch self {
    case .auto: max(Self.autoCount, Self.percent(1).files(of: total))
    // A share such as 0.3 % is no binary number: it may fall short of the whole number that it means.
    case .percent(let percent): Int((percent * Double(total) / 100 + 1e-6).rounded(.down))
    case .count(let count): count
    }
  }
}
