/// A regular expression that says which part of a path names an image's group.
struct PathPattern {
  private let expression: Regex<AnyRegexOutput>

  /// Reads an expression.
  ///
  /// - Throws: ``PathPatternError`` where it cannot be read, or would match every path alike.
  init(_ text: String) throws(PathPatternError) {
    guard !text.isEmpty else { throw PathPatternError(pattern: text, reason: "it is empty") }
    do {
      // The expression matches scalars: a letter with an accent is what the file system stores.
      expression = try Regex(text).matchingSemantics(.unicodeScalar)
    } catch {
      throw PathPatternError(pattern: text, reason: "\(error)")
    }
  }

  /// The name of a path's group: the first capture group that takes part, otherwise the whole match; nil where
  /// nothing matches, or where the match is empty.
  func name(in path: String) -> Substring? {
    guard let match = try? expression.firstMatch(in: path) else { return nil }
    let name = match.output.count > 1 ? match.output[1].substring : path[match.range]
    return name.flatMap { $0.isEmpty ? nil : $0 }
  }
}

/// Why a regular expression cannot be used.
public struct PathPatternError: Error, Sendable, Hashable, CustomStringConvertible {
  /// The expression.
  public let pattern: String
  /// What is wrong with it.
  public let reason: String

  /// The error in one line.
  public var description: String {
    "'\(pattern)' is not a regular expression: \(reason); write one such as '^[^/]+/(p[0-9]+)', or none, data or look-alikes"
  }
}
