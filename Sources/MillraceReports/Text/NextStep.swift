import Millrace

/// A command that a person may type next, spelled so that a shell takes it as it stands.
public struct NextStep: CustomStringConvertible {
  private let words: [String]

  /// Names the words after `millrace`.
  public init(_ words: String...) { self.words = words }

  /// Names the words after `millrace`.
  public init(_ words: [String]) { self.words = words }

  /// One line; what a shell would take apart stands in quotes.
  public var description: String {
    (["millrace"] + words.map(shellQuoted)).joined(separator: " ").printable
  }
}
