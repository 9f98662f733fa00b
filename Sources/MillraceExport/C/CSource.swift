/// A function of a C file.
struct CFunction: Hashable {
  let name: String
  /// All of it, with what it calls.
  let text: String

  init(_ name: String, _ text: String) {
    (self.name, self.text) = (name, text)
  }
}

/// A C file under construction: constants, the functions that are called, each once, and the statements of the function
/// that is being written.
struct CSource {
  /// The text of all constants.
  private(set) var constants: [UInt8] = []
  /// The functions, in the order in which they were called first.
  private(set) var functions: [CFunction] = []
  /// The statements so far.
  private(set) var statements: [String] = []
  /// The most values of eight bits that a layer takes; 0 where none does.
  private(set) var numberCount = 0
  /// The most Floats of a window that a layer takes out of its input, with what comes of it; 0 where none does.
  private(set) var windowCount = 0

  /// Adds an array of Floats.
  mutating func constant(_ name: String, floats: [Float]) {
    begin("static const float \(name)[\(floats.count)]")
    add(floats.lazy.map(cLiteral))
  }

  /// Adds an array of small whole numbers.
  mutating func constant(_ name: String, bytes: [Int8]) {
    begin("static const signed char \(name)[\(bytes.count)]")
    add(bytes.lazy.map { String($0) })
  }

  private mutating func begin(_ declaration: String) { constants += Array("\(declaration) = {".utf8) }

  private mutating func add(_ elements: some Sequence<String>) {
    let widest = 100
    var column = widest
    for element in elements {
      if column + element.utf8.count + 1 > widest {
        constants.append(UInt8(ascii: "\n"))
        column = 0
      }
      constants += element.utf8
      constants.append(UInt8(ascii: ","))
      column += element.utf8.count + 1
    }
    constants += Array("\n};\n".utf8)
  }

  /// Makes room for the inputs of a layer as numbers of eight bits.
  mutating func needNumbers(_ count: Int) { numberCount = max(numberCount, count) }

  /// Makes room for what a layer takes out of its input at a time, and what comes of it: `window`.
  mutating func needWindow(_ count: Int) { windowCount = max(windowCount, count) }

  /// Adds a function that is called elsewhere.
  mutating func use(_ function: CFunction) {
    if !functions.contains(function) { functions.append(function) }
  }

  /// Adds a call.
  mutating func call(_ function: CFunction, _ arguments: String) {
    use(function)
    statements.append("\(function.name)(\(arguments));")
  }

  /// Takes the statements out, for the next function.
  mutating func takeStatements() -> [String] {
    defer { statements = [] }
    return statements
  }
}

/// A Float as C reads it, to the bit; it must be finite.
func cLiteral(_ value: Float) -> String { "\(value)f" }

/// A Double as C reads it, to the bit; it must be finite.
func cLiteral(_ value: Double) -> String { "\(value)" }

/// A text as C reads it: UTF-8, whatever the compiler takes the file for.
func cLiteral(_ text: String) -> String {
  var literal = "\""
  for byte in text.utf8 {
    switch byte {
    // A question mark could begin a trigraph.
    case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "?"):
      literal += "\\" + String(UnicodeScalar(byte))
    case 0x20...0x7E: literal += String(UnicodeScalar(byte))
    default:
      let digits = String(byte, radix: 8)
      literal += "\\" + String(repeating: "0", count: 3 - digits.count) + digits
    }
  }
  return literal + "\""
}
