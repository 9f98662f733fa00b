import ArgumentParser
import Foundation
import MillraceReports

/// How the command ends when it could not do what it was asked: one line on standard error and an exit code.
struct Failure {
  /// The line without its `millrace: error:`; nil where silence is right.
  let message: String?
  let code: Int32
  /// What standard output shows instead of an error: help and version.
  private let help: String?

  init(_ error: any Error) {
    if let status = ExitStatus(for: error) {
      message = ExitStatus.message(for: error)
      code = status.rawValue
      help = nil
      return
    }
    let columns = max(40, Terminal.standardOutput().columns() ?? 80)
    let text = MillraceCommand.fullMessage(for: error, columns: columns)
    switch MillraceCommand.exitCode(for: error) {
    case .success:
      (message, code, help) = (nil, 0, text)
    case .validationFailure:
      (message, code, help) = (Self.usageMessage(for: error, in: text), ExitStatus.usage.rawValue, nil)
    default:
      (message, code, help) = ("\(error)", ExitStatus.internalError.rawValue, nil)
    }
  }

  /// Writes what there is to write and ends the process.
  func leave() -> Never {
    if let help {
      // A reader that has gone does not want the rest of the help either.
      try? StandardOutput.write(help.hasSuffix("\n") ? help : help + "\n")
    }
    tell()
    exit(code)
  }

  /// Writes its line, if there is one.
  ///
  /// - Parameter place: Where it has happened, if that must be said.
  func tell(place: String = "") {
    guard let message else { return }
    // What is done is no error, and what asked for it has what it wants.
    if code == ExitStatus.done.rawValue { Self.note(place + message) } else { Self.report(place + message) }
  }

  /// Writes an error as one line, whatever is in it.
  static func report(_ message: String) { write("error", message) }

  /// Writes what a person should know that is no error.
  static func note(_ message: String) { write("note", message) }

  private static func write(_ kind: String, _ message: String) {
    let line = message.split(whereSeparator: \.isNewline).joined(separator: " ").printable
    Terminal.standardError().write("millrace: \(kind): \(line)\n")
  }

  /// The parser's message and where its help is.
  private static func usageMessage(for error: any Error, in text: String) -> String {
    let message = MillraceCommand.message(for: error).replacing(". Did you mean", with: "; did you mean")
    let first = message.prefix(1).lowercased() + message.dropFirst()
    // The parser writes the command with its help flag in quotes on the last line.
    guard
      let hint = text.split(separator: "\n").last(where: { $0.contains("See '") }),
      let command = hint.split(separator: "'").dropFirst().first
    else { return first }
    return first + (first.last == "?" || first.last == "." ? "" : ".") + " See '\(command)'."
  }
}
