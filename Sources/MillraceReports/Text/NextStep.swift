import MillraceTraining

/// A command that a person may type next, spelled so that a shell accepts it unchanged.
public struct NextStep: CustomStringConvertible {
  private let words: [String]

  /// Takes the words after `millrace`.
  public init(_ words: String...) { self.words = words }

  /// Takes the words after `millrace`.
  public init(_ words: [String]) { self.words = words }

  /// The words that name a table of labels, where there is one.
  public static func labels(_ path: String?) -> [String] { path.map { ["--labels", $0] } ?? [] }

  /// The command on one line; words that a shell would split are in quotes.
  public var description: String {
    (["millrace"] + words.map(shellQuoted)).joined(separator: " ").printable
  }
}
