/// Which images belong together and stay on one side where a data set is divided (`group-by`).
public enum DatasetGrouping: Sendable, Hashable {
  /// Each image stands alone.
  case none
  /// Images belong together in groups that the data name themselves: in the column `group` of a table, or in a
  /// packed file.
  case data
  /// Images belong together that are equal or look alike.
  case lookAlikes
  /// Images belong together whose paths below the root agree in what a regular expression matches: its first
  /// capture group, or the whole match.
  case pattern(String)
}

extension DatasetGrouping: CustomStringConvertible {
  /// The words that each stand for a rule.
  public static let words = ["none", "data", "look-alikes"]

  /// The rule as people write it.
  public var description: String {
    switch self {
    case .none: "none"
    case .data: "data"
    case .lookAlikes: "look-alikes"
    case .pattern(let text): text
    }
  }

  /// Reads a rule; a text that is none of the words is a regular expression.
  ///
  /// - Throws: ``PathPatternError`` for an expression that cannot be read.
  public init(parsing text: String) throws(PathPatternError) {
    switch text {
    case "none": self = .none
    case "data": self = .data
    case "look-alikes": self = .lookAlikes
    default:
      _ = try PathPattern(text)
      self = .pattern(text)
    }
  }
}
