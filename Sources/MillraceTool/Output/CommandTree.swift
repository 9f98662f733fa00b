import ArgumentParser
import MillraceModels

/// A command and those below it, by name.
struct CommandTree {
  let name: String
  let children: [CommandTree]
  /// Whether it is meant to be seen.
  let isListed: Bool

  init(name: String, children: [CommandTree] = [], isListed: Bool = true) {
    self.name = name
    self.children = children
    self.isListed = isListed
  }

  /// The commands of a parser.
  init(_ command: any ParsableCommand.Type) {
    let configuration = command.configuration
    self.init(
      name: configuration.commandName ?? "",
      children: configuration.subcommands.map { CommandTree($0) },
      isListed: configuration.shouldDisplay)
  }

  /// What to say of a word that stands where a command should and is none; nil if there is none such.
  ///
  /// - Parameter arguments: The command line without the program.
  func problem(with arguments: some Collection<String>) -> String? {
    let words = arguments.first == "help" ? arguments.dropFirst() : arguments[...]
    return problem(with: words, below: [])
  }

  private func problem(with words: some Collection<String>, below path: [String]) -> String? {
    guard !children.isEmpty, let word = words.first, !word.hasPrefix("-") else { return nil }
    if let child = children.first(where: { $0.name == word }) {
      return child.problem(with: Array(words.dropFirst()), below: path + [word])
    }
    func full(_ name: String) -> String { (path + [name]).joined(separator: " ") }
    let names = children.filter(\.isListed).map(\.name)
    let hint =
      suggestion(for: word, among: names).map { "did you mean '\(full($0))'?" }
      ?? "the commands are \(names.map(full).joined(separator: ", "))"
    return "there is no command '\(full(word))'; \(hint)"
  }
}
