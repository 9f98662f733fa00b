import ArgumentParser
import Foundation

/// What a parser writes of itself.
private struct Document: Decodable { let command: CommandDescription }

/// A command as its parser describes it: the part of `--experimental-dump-help` that a manual page needs.
struct CommandDescription: Decodable {
  struct Argument: Decodable {
    struct Name: Decodable {
      let kind: String
      let name: String
    }

    let kind: String
    let names: [Name]?
    let valueName: String?
    let isOptional: Bool
    let isRepeating: Bool
    let abstract: String?
    let defaultValue: String?
    let sectionTitle: String?
    let shouldDisplay: Bool

    var isPositional: Bool { kind == "positional" }

    /// How it is written, such as `--epochs <n>`.
    var spelling: String {
      let flags = (names ?? []).map { ($0.kind == "short" ? "-" : "--") + $0.name }.joined(separator: ", ")
      let value = valueName ?? ""
      if isPositional { return value.uppercased() + (isRepeating ? "..." : "") }
      return kind == "flag" ? flags : "\(flags) <\(value)>"
    }
  }

  let commandName: String
  let superCommands: [String]?
  let abstract: String?
  let discussion: String?
  let arguments: [Argument]?
  let subcommands: [CommandDescription]?
  let shouldDisplay: Bool

  /// The names from the root to this command.
  var path: String { ((superCommands ?? []) + [commandName]).joined(separator: " ") }

  /// How it is called, such as `millrace evaluate MODEL DATA [options]`.
  var synopsis: String {
    let positionals = (arguments ?? []).filter { $0.isPositional && $0.shouldDisplay }.map {
      $0.isOptional ? "[\($0.spelling)]" : $0.spelling
    }
    return ([path] + positionals + ["[options]"]).joined(separator: " ")
  }

  /// This command and all below it that are meant to be seen, each before those below it.
  var all: [CommandDescription] {
    [self] + (subcommands ?? []).filter { $0.shouldDisplay && $0.commandName != "help" }.flatMap(\.all)
  }

  /// Reads what a parser says of itself.
  init(of command: (some ParsableCommand).Type) throws {
    self = try JSONDecoder().decode(Document.self, from: Data(command._dumpHelp().utf8)).command
  }
}
