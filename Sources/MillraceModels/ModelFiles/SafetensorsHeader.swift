/// The contents of the JSON header of a safetensors file, checked to be consistent.
struct SafetensorsHeader: Equatable {
  /// One tensor, with the range of its bytes, counted from the end of the header.
  struct Entry: Equatable {
    var name: String
    /// The element type by its name in the format.
    var typeName: String
    var shape: [Int]
    var bytes: Range<Int>

    /// The element type, where this project reads it.
    var elementType: SafetensorsElementType? { SafetensorsElementType(rawValue: typeName) }
  }

  /// The key under which the format keeps the strings.
  static let metadataKey = "__metadata__"
  /// The number of bytes before the header that give its length.
  static let lengthPrefixCount = 8
  /// The longest header that the format allows.
  static let maximumByteCount = 100_000_000
  /// The largest number of entries: it limits what a hostile header of the maximal length can make us allocate.
  static let maximumEntryCount = 100_000
  /// The largest number of dimensions that common array libraries allow.
  static let maximumRank = 64

  let metadata: [String: String]
  /// The entries in the order of their data.
  let entries: [Entry]
}

// MARK: Writing

extension SafetensorsHeader {
  /// Lays tensors out one after another, in their order.
  init(metadata: [String: String], tensors: [SafetensorsFile.Tensor]) {
    precondition(
      tensors.count <= Self.maximumEntryCount && metadata.count <= Self.maximumEntryCount,
      "a safetensors file holds at most \(Self.maximumEntryCount) tensors and as many strings")
    var names = Set<String>()
    var offset = 0
    self.metadata = metadata
    entries = tensors.map { tensor in
      precondition(names.insert(tensor.name).inserted, "two tensors are named \(tensor.name)")
      precondition(
        tensor.shape.count <= Self.maximumRank,
        "tensor \(tensor.name) has \(tensor.shape.count) dimensions, at most \(Self.maximumRank) can be written"
      )
      let start = offset
      offset += tensor.values.count * tensor.values.elementType.width
      return Entry(
        name: tensor.name, typeName: tensor.values.elementType.rawValue, shape: tensor.shape,
        bytes: start..<offset)
    }
  }

  /// The length prefix and the JSON text, padded with spaces so that the data starts at a multiple of eight.
  func encoded() -> [UInt8] {
    var fields: [String] = []
    if !metadata.isEmpty {
      // The pairs are ordered by bytes, because the order of a dictionary changes from process to process.
      let pairs = metadata.sorted { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }
        .map { "\(jsonString($0.key)):\(jsonString($0.value))" }
      fields.append("\(jsonString(Self.metadataKey)):{\(pairs.joined(separator: ","))}")
    }
    for entry in entries {
      let shape = entry.shape.map(String.init).joined(separator: ",")
      fields.append(
        "\(jsonString(entry.name)):{\"dtype\":\"\(entry.typeName)\",\"shape\":[\(shape)],"
          + "\"data_offsets\":[\(entry.bytes.lowerBound),\(entry.bytes.upperBound)]}")
    }
    var json = Array("{\(fields.joined(separator: ","))}".utf8)
    while !json.count.isMultiple(of: 8) { json.append(UInt8(ascii: " ")) }
    precondition(
      json.count <= Self.maximumByteCount,
      "a safetensors header takes at most \(Self.maximumByteCount) bytes, these names and strings need \(json.count)"
    )
    let length = UInt64(json.count)
    return (0..<Self.lengthPrefixCount).map { UInt8(truncatingIfNeeded: length >> (8 * $0)) } + json
  }
}

/// The text as a JSON string, in quotes.
private func jsonString(_ text: String) -> String {
  var result = "\""
  for scalar in text.unicodeScalars {
    switch scalar {
    case "\"": result += "\\\""
    case "\\": result += "\\\\"
    case "\n": result += "\\n"
    case "\t": result += "\\t"
    case _ where scalar.value < 0x20:
      let digits = String(scalar.value, radix: 16)
      result += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
    default: result.unicodeScalars.append(scalar)
    }
  }
  return result + "\""
}

// MARK: Reading

extension SafetensorsHeader {
  /// Parses and checks a header.
  ///
  /// - Parameters:
  ///   - json: The header's bytes, without the length prefix.
  ///   - dataCount: The number of bytes after the header; the tensors must cover them exactly.
  ///   - path: The file, for the message.
  init(parsing json: [UInt8], dataCount: Int, path: String) throws(ModelFileError) {
    var parser = SafetensorsHeaderParser(json, path: path)
    let contents = try parser.parse()
    let entries = contents.entries.sorted {
      ($0.bytes.lowerBound, $0.bytes.upperBound) < ($1.bytes.lowerBound, $1.bytes.upperBound)
    }

    var end = 0
    for entry in entries {
      let name = quotedForMessage(entry.name)
      // Only its writer knows how many bytes a type takes that is newer than this program.
      if let bits = SafetensorsElementType.bits[entry.typeName] {
        guard let byteCount = Self.byteCount(entry.shape, bits: bits) else {
          throw .damaged(
            path: path, found: "tensor \(name) of shape \(entry.shape)",
            expected: "a shape whose size in bytes fits 63 bits")
        }
        guard byteCount == entry.bytes.count else {
          throw .damaged(
            path: path, found: "tensor \(name) with \(entry.bytes.count) bytes",
            expected: "\(byteCount) for \(entry.typeName) of shape \(entry.shape)")
        }
      }
      guard entry.bytes.lowerBound == end else {
        throw .damaged(
          path: path, found: "tensor \(name) at byte \(entry.bytes.lowerBound) of the data",
          expected: "byte \(end), where the one before it ends (no gaps, no overlaps)")
      }
      end = entry.bytes.upperBound
    }
    guard end == dataCount else {
      throw .damaged(
        path: path, found: "\(dataCount) bytes of data", expected: "the \(end) that the header lists")
    }
    self.metadata = contents.metadata
    self.entries = entries
  }

  /// The bytes of this many elements, or nil where their number is too large.
  private static func byteCount(_ shape: [Int], bits: Int) -> Int? {
    // A zero anywhere makes the product zero, however large the rest is: it must not hide an overflow.
    var product = 1
    for size in shape where size != 0 {
      let (next, overflow) = product.multipliedReportingOverflow(by: size)
      if overflow { return nil }
      product = next
    }
    if shape.contains(0) { return 0 }
    // Elements of less than a byte are packed, and fill whole bytes together.
    let (whole, overflow) = (product / 8).multipliedReportingOverflow(by: bits)
    let rest = product % 8 * bits
    return overflow || rest % 8 != 0 || whole > Int.max - rest ? nil : whole + rest / 8
  }
}

/// A name from an untrusted file as one short line of printable text, in quotes.
package func quotedForMessage(_ text: String) -> String {
  let clipped = text.unicodeScalars.prefix(60)
  var shown = String(String.UnicodeScalarView(clipped)).debugDescription
  if clipped.endIndex != text.unicodeScalars.endIndex { shown += "…" }
  return shown
}
