extension Array<String> {
  /// The names in a form in which people can tell them apart: those that look like another one are followed by
  /// their bytes.
  package var toldApart: [String] {
    if allSatisfy({ $0.utf8.allSatisfy { $0 < 0x80 } }) { return self }
    let looks = map(\.look)
    let count = Dictionary(looks.map { ($0, 1) }, uniquingKeysWith: +)
    return zip(self, looks).map { name, look in
      count[look, default: 1] > 1 ? "\(name) (\(name.escaped))" : name
    }
  }
}

extension String {
  /// The name as the eye sees it: strings are equal where they look the same, and characters without ink are left
  /// out.
  fileprivate var look: String {
    var scalars = String.UnicodeScalarView()
    for scalar in unicodeScalars where !scalar.properties.isDefaultIgnorableCodePoint {
      scalars.append(scalar.properties.isWhitespace ? " " : scalar)
    }
    return String(scalars)
  }

  /// The name with every byte beyond ASCII as `\xNN`.
  fileprivate var escaped: String {
    utf8.map { $0 < 0x80 ? String(UnicodeScalar($0)) : "\\x" + String($0, radix: 16) }.joined()
  }
}
