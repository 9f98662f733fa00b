/// How raw file names, which are any bytes, are shown as text.
package enum PathName {
  /// The name as a string that fits one line and is different for every name.
  ///
  /// UTF-8 is shown as it is; other bytes and control characters are shown as `\xNN`; a backslash is doubled.
  static func shown(_ bytes: UnsafeBufferPointer<UInt8>) -> String {
    if bytes.allSatisfy({ $0 >= 0x20 && $0 < 0x7F && $0 != 0x5C }) {
      return String(decoding: bytes, as: UTF8.self)
    }
    var text = ""
    var rest = bytes[...]
    while let byte = rest.first {
      let length = scalarLength(rest)
      if byte == 0x5C {
        text += "\\\\"
        rest = rest.dropFirst()
      } else if length == 0 {
        text += "\\x" + (byte < 16 ? "0" : "") + String(byte, radix: 16)
        rest = rest.dropFirst()
      } else {
        text += String(decoding: rest.prefix(length), as: UTF8.self)
        rest = rest.dropFirst(length)
      }
    }
    return text
  }

  /// The name of bytes in an array.
  package static func shown(_ bytes: some Sequence<UInt8>) -> String {
    Array(bytes).withUnsafeBufferPointer { shown($0) }
  }

  /// The name that ``shown(_:)`` shows as a text.
  ///
  /// - Returns: Nil where nothing is shown like this, or the name is not UTF-8.
  static func name(shownAs text: String) -> String? {
    var bytes: [UInt8] = []
    var rest = Array(text.utf8)[...]
    while let byte = rest.popFirst() {
      guard byte == 0x5C else {
        bytes.append(byte)
        continue
      }
      switch rest.popFirst() {
      case 0x5C: bytes.append(0x5C)
      case UInt8(ascii: "x"):
        let digits = String(decoding: rest.prefix(2), as: UTF8.self)
        guard let value = UInt8(digits, radix: 16) else { return nil }
        bytes.append(value)
        rest = rest.dropFirst(2)
      default: return nil
      }
    }
    guard let name = String(validating: bytes, as: UTF8.self), shown(name.utf8) == text else { return nil }
    return name
  }

  /// The number of bytes of the first scalar; 0 if it is not UTF-8, or a control character.
  private static func scalarLength(_ bytes: Slice<UnsafeBufferPointer<UInt8>>) -> Int {
    var iterator = bytes.prefix(4).makeIterator()
    var decoder = UTF8()
    guard case .scalarValue(let scalar) = decoder.decode(&iterator) else { return 0 }
    return scalar.properties.generalCategory == .control ? 0 : UTF8.width(scalar)
  }
}

/// Lends a path, any bytes except zero, in the form that system calls take.
package func withSystemPath<Result, Failure: Error>(
  _ path: [UInt8], _ body: (UnsafePointer<CChar>) throws(Failure) -> Result
) throws(Failure) -> Result {
  let terminated = path + [0]
  return try terminated.withUnsafeBufferPointer { bytes throws(Failure) in
    // There is at least the final zero, so the base address exists.
    try bytes.baseAddress!.withMemoryRebound(to: CChar.self, capacity: bytes.count, body)
  }
}
