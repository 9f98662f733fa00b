import ArgumentParser

/// The manual page of the command, in the macros of man(7): made of what the parser knows, so it is as true as `--help`.
struct ManualPage {
  private let command: any ParsableCommand.Type

  init(_ command: any ParsableCommand.Type) {
    self.command = command
  }

  /// The page.
  ///
  /// - Throws: What decoding throws, if the parser described itself in another way than it does.
  func text() throws -> String {
    var page = Roff()
    let root = try describe(command)
    let name = root.commandName
    page.line(".TH \(name.uppercased()) 1 \"\" \"\(name) \(Version.number)\" \"User commands\"")
    page.section("NAME")
    page.paragraph("\(name) - \(sentence(root.abstract))")
    page.section("SYNOPSIS")
    page.lines(root.all.dropFirst().filter { $0.subcommands == nil }.map(\.synopsis))
    page.section("DESCRIPTION")
    page.discussion(root.discussion ?? "")
    page.section("COMMANDS")
    var known: Set<String> = []
    for command in root.all.dropFirst() { write(command, known: &known, to: &page) }
    page.section("EXIT STATUS")
    for status in ExitStatus.allCases { page.item("\(status.rawValue)", status.meaning) }
    return page.text
  }

  private func describe(_ command: (some ParsableCommand).Type) throws -> CommandDescription {
    try CommandDescription(of: command)
  }

  /// - Parameter known: The options described so far, which are only named when they come again.
  private func write(_ command: CommandDescription, known: inout Set<String>, to page: inout Roff) {
    page.subsection(command.path)
    page.paragraph(command.abstract ?? "")
    page.discussion(command.discussion ?? "")
    var repeated: [String] = []
    for argument in command.arguments ?? [] where argument.shouldDisplay && !isEverywhere(argument) {
      let summary = [argument.abstract, argument.defaultValue.map { "(default: \($0))" }].compactMap { $0 }
        .joined(separator: " ")
      if !argument.isPositional, !known.insert(argument.spelling + summary).inserted {
        repeated.append(argument.spelling)
      } else {
        page.item(argument.spelling, summary)
      }
    }
    if !repeated.isEmpty { page.paragraph("As above: \(repeated.joined(separator: ", ")).") }
  }

  /// Whether it is an option of the parser's own, which every command has.
  private func isEverywhere(_ argument: CommandDescription.Argument) -> Bool {
    ["help", "version"].contains(argument.valueName) && !argument.isPositional
  }

  /// An abstract as the NAME section has it: without its capital and its stop.
  private func sentence(_ abstract: String?) -> String {
    let text = abstract ?? ""
    return text.prefix(1).lowercased() + text.dropFirst().trimmingSuffix { $0 == "." }
  }
}

extension StringProtocol {
  fileprivate func trimmingSuffix(while condition: (Character) -> Bool) -> String {
    var rest = self[...]
    while let last = rest.last, condition(last) { rest = rest.dropLast() }
    return String(rest)
  }
}
