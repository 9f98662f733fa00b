/// Names of C.
enum CIdentifier {
  /// What the public names of a file begin with: the file's name, with underscores for all that no name may have.
  static func prefix(of name: String) -> String {
    let letters = name.unicodeScalars.map { scalar in
      switch scalar {
      case "a"..."z", "A"..."Z", "0"..."9": String(scalar)
      default: "_"
      }
    }.joined()
    // Names that begin with an underscore are the compiler's, and none begins with a digit.
    guard let first = letters.first, first.isLetter else { return "model_\(letters)" }
    return letters
  }
}
