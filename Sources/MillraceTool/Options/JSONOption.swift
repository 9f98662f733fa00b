import ArgumentParser
import MillraceReports

/// How results are written.
struct JSONOption: ParsableArguments {
  @Flag(help: "Write the results to standard output as one JSON object.")
  var json = false

  /// Writes results to standard output.
  ///
  /// - Parameters:
  ///   - value: Their JSON form.
  ///   - lines: Their text, for so many columns; nil: as wide as need be.
  func show(_ value: @autoclosure () -> some Encodable, lines: (Int?) -> [String]) throws {
    if json {
      try StandardOutput.write(json: value())
    } else {
      try StandardOutput.write(lines: lines(Terminal.standardOutput().columns()))
    }
  }
}
