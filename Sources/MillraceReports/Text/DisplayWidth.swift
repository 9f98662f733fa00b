extension StringProtocol {
  /// The number of columns that the text takes in a terminal.
  ///
  /// Characters of East Asian scripts and pictographs take two columns, all others one.
  /// Source: Unicode Standard Annex 11, with its wide ranges merged.
  public var displayWidth: Int {
    reduce(0) { $0 + ($1.isWide ? 2 : 1) }
  }

  /// The text with every control character spelled out, so that a file's name can neither break a line nor control
  /// a terminal.
  public var printable: String {
    guard unicodeScalars.contains(where: \.isUnsafeToPrint) else { return String(self) }
    var result = String.UnicodeScalarView()
    for scalar in unicodeScalars {
      if scalar.isUnsafeToPrint {
        let digits = String(scalar.value, radix: 16, uppercase: true)
        let padding = String(repeating: "0", count: Swift.max(0, 2 - digits.count))
        result.append(contentsOf: "\\x\(padding)\(digits)".unicodeScalars)
      } else {
        result.append(scalar)
      }
    }
    return String(result)
  }

  /// The text, or an ellipsis and its end where it takes more columns: the end of a path tells most.
  public func keepingEnd(columns: Int) -> String {
    guard displayWidth > columns else { return String(self) }
    var width = 1
    var kept: [Character] = []
    for character in reversed() {
      width += character.isWide ? 2 : 1
      if width > columns { break }
      kept.append(character)
    }
    return columns > 0 ? "…" + String(kept.reversed()) : ""
  }

  /// The text, or its start and an ellipsis where it takes more columns.
  public func keepingStart(columns: Int) -> String {
    guard displayWidth > columns else { return String(self) }
    var width = 1
    let kept = prefix {
      width += $0.isWide ? 2 : 1
      return width <= columns
    }
    return columns > 0 ? kept + "…" : ""
  }

  /// The text with spaces before or after it up to a width.
  package func padded(to columns: Int, left: Bool) -> String {
    let spaces = String(repeating: " ", count: Swift.max(0, columns - displayWidth))
    return left ? self + spaces : spaces + self
  }
}

extension Character {
  fileprivate var isWide: Bool {
    guard let first = unicodeScalars.first, first.value >= 0x1100 else { return false }
    if unicodeScalars.contains("\u{FE0F}") { return true }
    switch first.value {
    case 0x1100...0x115F, 0x2E80...0x303E, 0x3041...0x33FF, 0x3400...0x4DBF, 0x4E00...0x9FFF, 0xA000...0xA4CF,
      0xA960...0xA97F, 0xAC00...0xD7A3, 0xF900...0xFAFF, 0xFE30...0xFE6F, 0xFF00...0xFF60, 0xFFE0...0xFFE6,
      0x1F300...0x1F64F, 0x1F680...0x1F6FF, 0x1F900...0x1F9FF, 0x20000...0x3FFFD:
      return true
    default: return false
    }
  }
}

extension Unicode.Scalar {
  /// Whether this is a control, a line or paragraph separator, or a mark that changes the direction of writing.
  fileprivate var isUnsafeToPrint: Bool {
    switch value {
    case 0..<0x20, 0x7F...0x9F, 0x200E...0x200F, 0x2028...0x202E, 0x2066...0x2069: true
    default: false
    }
  }
}
