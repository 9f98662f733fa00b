extension Markup {
  /// A whole HTML document.
  var document: String {
    var text = "<!DOCTYPE html>\n"
    write(to: &text)
    text += "\n"
    return text
  }

  /// The elements that are empty in HTML, and those that are empty in SVG.
  private static let emptyElements: Set<String> = [
    "meta", "img", "br", "hr", "link", "path", "line", "rect", "polyline", "circle",
  ]
  /// Elements that begin on a line of their own, so that people can read the file.
  private static let blocks: Set<String> = [
    "head", "body", "main", "header", "section", "figure", "table", "tr", "svg", "style", "title", "meta",
    "ul", "h1", "h2", "h3", "p", "nav", "footer",
  ]

  private func write(to text: inout String) {
    switch self {
    case .text(let content): Self.escape(content, into: &text)
    case .group(let pieces): for piece in pieces { piece.write(to: &text) }
    case .stylesheet(let sheet): text += "\(sheet)"
    case .element(let name, let attributes, let children):
      if Self.blocks.contains(name), text.utf8.last != UInt8(ascii: "\n") { text += "\n" }
      text += "<\(name)"
      for attribute in attributes {
        text += " \(attribute.name)=\""
        Self.escape(attribute.value, into: &text)
        text += "\""
      }
      if children.isEmpty, Self.emptyElements.contains(name) {
        text += "/>"
        return
      }
      text += ">"
      for child in children { child.write(to: &text) }
      text += "</\(name)>"
    }
  }

  /// Writes text in a form that is safe between tags and between quotes; characters that no document may hold
  /// become U+FFFD.
  private static func escape(_ content: String, into text: inout String) {
    for scalar in content.unicodeScalars {
      switch scalar {
      case "&": text += "&amp;"
      case "<": text += "&lt;"
      case ">": text += "&gt;"
      case "\"": text += "&quot;"
      case "'": text += "&#39;"
      case "\n", "\t": text.unicodeScalars.append(scalar)
      case "\u{0}"..."\u{1F}", "\u{7F}"..."\u{9F}", "\u{FFFE}", "\u{FFFF}":
        text.unicodeScalars.append("\u{FFFD}")
      default: text.unicodeScalars.append(scalar)
      }
    }
  }
}
