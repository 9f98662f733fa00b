import Foundation

/// Standard output, where results go: every failed write is noticed.
enum StandardOutput {
  /// Why results could not be written.
  enum WriteError: Error {
    /// Whoever read along has seen enough, as `head` does.
    case closed
    /// The system refused; its `errno`.
    case failed(code: Int32)
  }

  /// Lets a write to a closed pipe fail instead of ending the process, so that a run whose reader has gone is
  /// finished and saved all the same.
  static func ignoreClosedPipes() {
    signal(SIGPIPE, SIG_IGN)
  }

  /// Writes text as it stands.
  static func write(_ text: String) throws(WriteError) {
    var bytes = Array(text.utf8)[...]
    while !bytes.isEmpty {
      let written = bytes.withUnsafeBytes { Foundation.write(STDOUT_FILENO, $0.baseAddress, $0.count) }
      if written < 0 && errno == EINTR { continue }
      if written < 0 { throw errno == EPIPE ? .closed : .failed(code: errno) }
      bytes = bytes.dropFirst(written)
    }
  }

  /// Writes lines, each with its end.
  static func write(lines: [String]) throws(WriteError) {
    try write(lines.map { $0 + "\n" }.joined())
  }

  /// Writes a value as one JSON object: sorted lowerCamelCase keys, numbers that are none as text.
  static func write(json value: some Encodable) throws {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    encoder.nonConformingFloatEncodingStrategy = .convertToString(
      positiveInfinity: "Infinity", negativeInfinity: "-Infinity", nan: "NaN")
    try write(String(decoding: try encoder.encode(value), as: UTF8.self) + "\n")
  }
}
