/// Text in the macros of man(7).
struct Roff {
  private(set) var text = ""

  /// Adds a line as it stands.
  mutating func line(_ line: String) { text += line + "\n" }

  mutating func section(_ title: String) { line(".SH \(title)") }
  mutating func subsection(_ title: String) { line(".SS \(title)") }

  mutating func paragraph(_ words: String) {
    line(".PP")
    line(Self.escaped(words))
  }

  /// Lines that stay lines.
  mutating func lines(_ lines: [String]) {
    line(".nf")
    for text in lines { line(Self.escaped(text)) }
    line(".fi")
  }

  /// A term and what it means.
  mutating func item(_ term: String, _ meaning: String) {
    line(".TP")
    line(".B \(Self.escaped(term))")
    line(Self.escaped(meaning))
  }

  /// Paragraphs between empty lines; lines that begin with two spaces stay as they are.
  mutating func discussion(_ words: String) {
    var isExample = false
    for line in words.split(separator: "\n", omittingEmptySubsequences: false) {
      let isIndented = line.hasPrefix("  ")
      if isIndented != isExample {
        self.line(isIndented ? ".RS 2\n.nf" : ".fi\n.RE")
        isExample = isIndented
      }
      if line.isEmpty {
        self.line(".PP")
      } else {
        self.line(Self.escaped(isIndented ? line.dropFirst(2) : line))
      }
    }
    if isExample { line(".fi\n.RE") }
  }

  /// Text in which nothing is a request or an escape.
  private static func escaped(_ words: some StringProtocol) -> String {
    let plain = String(words).replacing("\\", with: "\\e").replacing("-", with: "\\-")
    return plain.hasPrefix(".") || plain.hasPrefix("'") ? "\\&" + plain : plain
  }
}
