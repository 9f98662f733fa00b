import ArgumentParser

/// Not listed: what `Scripts/install` calls.
struct Manual: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "manual",
    abstract: "Write the manual page.",
    discussion: """
      Writes millrace(1) for man to standard output, made of what --help says.

      Examples:
        millrace manual > ~/.local/share/man/man1/millrace.1

      Next: man millrace
      """,
    shouldDisplay: false)

  func run() throws {
    try StandardOutput.write(ManualPage(MillraceCommand.self).text())
  }
}
