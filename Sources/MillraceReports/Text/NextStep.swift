import Millrace

/// A command that a person may type next, spelled so that a shell takes it as it stands.
public struct NextStep: CustomStringConvertible {
  private let words: [String]

  /// Names the words after `millrace`.
  public init(_ words: String...) { self.words = words }

  /// Names the words after `millrace`.
  public init(_ words: [String]) { self.words = words }

  /// The words that name a table of labels, where there is one.
  public static func labels(_ path: String?) -> [String] { path.map { ["--labels", $0] } ?? [] }

  /// One line; what a shell would take apart stands in quotes.
  public var description: String {
    (["millrace"] + words.map(shellQuoted)).joined(separator: " ").printable
  }
}
