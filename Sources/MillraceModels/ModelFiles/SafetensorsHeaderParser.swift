/// Reads exactly the JSON that a safetensors header may hold, and nothing more.
///
/// General parsers are lenient where an attacker looks first: they keep the last of two equal keys, recurse as
/// deep as the input says and read 1e3 as an integer. This grammar has a fixed depth, so nothing recurses:
///
///     header   = { "__metadata__": { string: string, … }, name: tensor, … }
///     tensor   = { "dtype": string, "shape": [ integer, … ], "data_offsets": [ integer, integer ] }
///
/// Keys are unique, integers are plain digits below 2⁶³, strings are valid UTF-8 without raw control characters.
struct SafetensorsHeaderParser {
  private let bytes: [UInt8]
  private let path: String
  private var position = 0

  init(_ bytes: [UInt8], path: String) {
    self.bytes = bytes
    self.path = path
  }

  /// Parses the whole text; entries come in the order of the text.
  mutating func parse() throws(ModelFileError) -> (
    metadata: [String: String], entries: [SafetensorsHeader.Entry]
  ) {
    var metadata: [String: String]?
    var entries: [SafetensorsHeader.Entry] = []
    var names = Set<String>()

    try parseObject { (parser, key) throws(ModelFileError) in
      if key == SafetensorsHeader.metadataKey {
        guard metadata == nil else { throw parser.duplicate(key) }
        metadata = try parser.parseMetadata()
      } else {
        guard names.insert(key).inserted else { throw parser.duplicate(key) }
        guard entries.count < SafetensorsHeader.maximumEntryCount else { throw parser.tooMany("tensors") }
        entries.append(try parser.parseTensor(named: key))
      }
    }
    skipSpace()
    guard position == bytes.count else { throw failure(expected: "spaces up to the header's end") }
    return (metadata ?? [:], entries)
  }

  // MARK: The grammar

  private mutating func parseMetadata() throws(ModelFileError) -> [String: String] {
    var metadata: [String: String] = [:]
    try parseObject { (parser, key) throws(ModelFileError) in
      guard metadata.count < SafetensorsHeader.maximumEntryCount else { throw parser.tooMany("strings") }
      guard metadata.updateValue(try parser.parseString(), forKey: key) == nil else {
        throw parser.duplicate(key)
      }
    }
    return metadata
  }

  private mutating func parseTensor(named name: String) throws(ModelFileError) -> SafetensorsHeader.Entry {
    var typeName: String?
    var shape: [Int]?
    var offsets: [Int]?
    try parseObject { (parser, key) throws(ModelFileError) in
      switch key {
      case "dtype":
        guard typeName == nil else { throw parser.duplicate(key) }
        typeName = try parser.parseString()
      case "shape":
        guard shape == nil else { throw parser.duplicate(key) }
        shape = try parser.parseIntegers(atMost: SafetensorsHeader.maximumRank)
      case "data_offsets":
        guard offsets == nil else { throw parser.duplicate(key) }
        offsets = try parser.parseIntegers(atMost: 2)
      default:
        throw parser.failure(
          found: "the key \(quotedForMessage(key)) in tensor \(quotedForMessage(name))",
          expected: "dtype, shape and data_offsets only")
      }
    }
    guard let typeName, let shape, let offsets else {
      let missing = typeName == nil ? "dtype" : shape == nil ? "shape" : "data_offsets"
      throw failure(
        found: "no \(missing) for tensor \(quotedForMessage(name))", expected: "dtype, shape and data_offsets"
      )
    }
    guard offsets.count == 2, offsets[0] <= offsets[1] else {
      throw failure(
        found: "data_offsets \(offsets) for tensor \(quotedForMessage(name))",
        expected: "[start, end], start first")
    }
    return SafetensorsHeader.Entry(
      name: name, typeName: typeName, shape: shape, bytes: offsets[0]..<offsets[1])
  }

  /// `{ key: value, … }`, where `parseValue` reads each value.
  private mutating func parseObject(
    _ parseValue: (inout Self, String) throws(ModelFileError) -> Void
  ) throws(ModelFileError) {
    try take("{")
    if takeIf("}") { return }
    repeat {
      let key = try parseString()
      try take(":")
      try parseValue(&self, key)
    } while takeIf(",")
    try take("}")
  }

  private mutating func parseIntegers(atMost limit: Int) throws(ModelFileError) -> [Int] {
    try take("[")
    if takeIf("]") { return [] }
    var values: [Int] = []
    repeat {
      guard values.count < limit else { throw failure(expected: "at most \(limit) numbers in the list") }
      values.append(try parseInteger())
    } while takeIf(",")
    try take("]")
    return values
  }

  private mutating func parseInteger() throws(ModelFileError) -> Int {
    skipSpace()
    let start = position
    var value = 0
    while position < bytes.count, case let digit = Int(bytes[position]) - 0x30, (0...9).contains(digit) {
      let (scaled, overflow) = value.multipliedReportingOverflow(by: 10)
      let (sum, carry) = scaled.addingReportingOverflow(digit)
      guard !overflow && !carry else { throw failure(at: start, expected: "a number below 2^63") }
      value = sum
      position += 1
    }
    guard position > start else { throw failure(expected: "a whole number that is not negative") }
    guard bytes[start] != UInt8(ascii: "0") || position == start + 1 else {
      throw failure(at: start, expected: "a number without leading zeros")
    }
    return value
  }

  private mutating func parseString() throws(ModelFileError) -> String {
    try take("\"")
    let start = position
    // In the common case there are no escapes: the end is found and the bytes are taken as they are.
    while position < bytes.count, bytes[position] >= 0x20, bytes[position] != 0x22, bytes[position] != 0x5C {
      position += 1
    }
    var text = Array(bytes[start..<position])
    while true {
      guard position < bytes.count else { throw failure(expected: "the end of a string") }
      let byte = bytes[position]
      switch byte {
      case UInt8(ascii: "\""):
        position += 1
        guard let string = String(validating: text, as: UTF8.self) else {
          throw failure(
            found: "a string that is not UTF-8 at byte \(start) of the header", expected: "UTF-8 text")
        }
        return string
      case UInt8(ascii: "\\"):
        position += 1
        text.append(contentsOf: try parseEscape())
      case ..<0x20:
        throw failure(expected: "a string without raw control characters")
      default:
        text.append(byte)
        position += 1
      }
    }
  }

  /// The character of an escape, after its backslash, as UTF-8.
  private mutating func parseEscape() throws(ModelFileError) -> [UInt8] {
    guard position < bytes.count else { throw failure(expected: "the end of a string") }
    let letter = bytes[position]
    position += 1
    switch letter {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): return [letter]
    case UInt8(ascii: "b"): return [0x08]
    case UInt8(ascii: "f"): return [0x0C]
    case UInt8(ascii: "n"): return [0x0A]
    case UInt8(ascii: "r"): return [0x0D]
    case UInt8(ascii: "t"): return [0x09]
    case UInt8(ascii: "u"):
      var value = try parseHexQuad()
      if (0xD800...0xDBFF).contains(value), position + 1 < bytes.count,
        bytes[position] == UInt8(ascii: "\\"), bytes[position + 1] == UInt8(ascii: "u")
      {
        position += 2
        let low = try parseHexQuad()
        guard (0xDC00...0xDFFF).contains(low) else {
          throw failure(expected: "the second half of a surrogate pair")
        }
        value = 0x10000 + (value - 0xD800) << 10 + (low - 0xDC00)
      }
      guard let scalar = Unicode.Scalar(value) else {
        throw failure(expected: "a surrogate pair, not half of one")
      }
      return Array(String(Character(scalar)).utf8)
    default:
      throw failure(at: position - 1, expected: "one of the escapes \\\" \\\\ \\/ \\b \\f \\n \\r \\t \\u")
    }
  }

  private mutating func parseHexQuad() throws(ModelFileError) -> UInt32 {
    var value: UInt32 = 0
    for _ in 0..<4 {
      guard position < bytes.count, let digit = Character(Unicode.Scalar(bytes[position])).hexDigitValue
      else {
        throw failure(expected: "four hexadecimal digits")
      }
      value = value << 4 | UInt32(digit)
      position += 1
    }
    return value
  }

  // MARK: Bytes

  private mutating func skipSpace() {
    while position < bytes.count {
      switch bytes[position] {
      case 0x20, 0x09, 0x0A, 0x0D: position += 1
      default: return
      }
    }
  }

  private mutating func takeIf(_ character: Unicode.Scalar) -> Bool {
    skipSpace()
    guard position < bytes.count, bytes[position] == UInt8(ascii: character) else { return false }
    position += 1
    return true
  }

  private mutating func take(_ character: Unicode.Scalar) throws(ModelFileError) {
    guard takeIf(character) else { throw failure(expected: "'\(character)'") }
  }

  // MARK: Failures

  private func duplicate(_ key: String) -> ModelFileError {
    failure(found: "the key \(quotedForMessage(key)) twice", expected: "each key once")
  }

  private func tooMany(_ things: String) -> ModelFileError {
    .unsupported(
      path: path, found: "more than \(SafetensorsHeader.maximumEntryCount) \(things)",
      expected: "at most that many")
  }

  private func failure(found: String, expected: String) -> ModelFileError {
    .damaged(path: path, found: found, expected: expected)
  }

  /// An error that names the byte at a position of the header.
  private func failure(at position: Int? = nil, expected: String) -> ModelFileError {
    let position = position ?? self.position
    let found =
      position < bytes.count
      ? quotedForMessage(String(Character(Unicode.Scalar(bytes[position]))))
        + " at byte \(position) of the header"
      : "the header's end at byte \(position)"
    return failure(found: found, expected: expected)
  }
}
