import ArgumentParser
import MillraceReports

/// How results are written, and whether anything else is.
struct ResultOptions: ParsableArguments {
  @OptionGroup var form: JSONOption

  @Flag(help: "Show neither progress nor notes, only results and errors.")
  var quiet = false

  var json: Bool { form.json }

  /// Writes results to standard output.
  ///
  /// - Parameters:
  ///   - value: Their JSON form.
  ///   - lines: Their text, for so many columns; nil: as wide as need be.
  func show(_ value: @autoclosure () -> some Encodable, lines: (Int?) -> [String]) throws {
    try form.show(value(), lines: lines)
  }

  /// Writes what a person should know that is no error.
  func note(_ message: String) {
    if !quiet { Failure.note(message) }
  }

  /// A line that shows how far something has come, where anybody wants to see it.
  func countLine(_ verb: String) -> CountLine {
    quiet ? CountLine(verb, on: Terminal { _ in }) : CountLine(verb)
  }
}
