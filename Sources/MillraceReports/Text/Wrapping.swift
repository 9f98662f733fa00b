extension StringProtocol {
  /// The text in lines, broken at spaces, of at most so many columns where its words allow it.
  ///
  /// - Parameters:
  ///   - columns: The number of columns; nil: one line.
  ///   - indent: The spaces before the first line.
  ///   - hanging: The spaces before each further line.
  package func wrapped(columns: Int?, indent: Int = 0, hanging: Int = 0) -> [String] {
    var lines: [String] = []
    var line = String(repeating: " ", count: indent)
    var isFresh = true
    for word in split(separator: " ", omittingEmptySubsequences: false) {
      if !isFresh, let columns, line.displayWidth + 1 + word.displayWidth > columns {
        lines.append(line)
        line = String(repeating: " ", count: hanging)
        isFresh = true
      }
      line += (isFresh ? "" : " ") + word
      isFresh = false
    }
    return lines + [line]
  }
}
