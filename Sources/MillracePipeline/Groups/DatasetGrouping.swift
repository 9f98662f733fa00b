/// Which images belong together and are kept on one side where a data set is divided (`group-by`).
public enum DatasetGrouping: Sendable, Hashable {
  /// Each image stands alone.
  case none
  /// Those of a group that the data name themselves: by the column `group` of a table, or as a packed file keeps it.
  case data
  /// Those that are equal or look alike.
  case lookAlikes
  /// Those whose paths below the root agree in what a regular expression matches: its first capture group, or all of it.
  case pattern(String)
}

extension DatasetGrouping: CustomStringConvertible {
  /// The words that stand for a rule of their own.
  public static let words = ["none", "data", "look-alikes"]

  /// The rule as it is written.
  public var description: String {
    switch self {
    case .none: "none"
    case .data: "data"
    case .lookAlikes: "look-alikes"
    case .pattern(let text): text
    }
  }

  /// Reads a rule; what is none of the words is a regular expression.
  ///
  /// - Throws: ``PathPatternError`` for one that cannot be read.
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
