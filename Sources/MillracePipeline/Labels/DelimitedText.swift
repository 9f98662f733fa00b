/// The rows of text whose values are separated by commas or tabs, read strictly.
///
/// Values that hold separators, quotes or line breaks stand in double quotes, and a quote in them stands twice. Lines end
/// with a line feed, with or without a carriage return before it. Empty lines are left out. Source: RFC 4180.
struct DelimitedText {
  /// A value, and where it begins.
  struct Value {
    let text: String
    let line: Int
  }

  private let bytes: [UInt8]
  private let separator: UInt8
  private var next = 0
  private var line = 1

  /// Begins with the first row.
  ///
  /// - Parameters:
  ///   - bytes: The text, which must be UTF-8.
  ///   - separator: What stands between values.
  init(_ bytes: [UInt8], separator: UInt8) {
    self.bytes = bytes
    self.separator = separator
  }

  /// The values of the next row that is not empty; nil after the last.
  ///
  /// - Throws: ``LabelTableFault``, with the number of the value in its row.
  mutating func row() throws(LabelTableFault) -> [Value]? {
    while next < bytes.count {
      var values: [Value] = []
      repeat { values.append(try value(number: values.count + 1)) } while takes(separator)
      endLine()
      if values.count > 1 || !values[0].text.isEmpty { return values }
    }
    return nil
  }

  private mutating func value(number: Int) throws(LabelTableFault) -> Value {
    let began = line
    var text: [UInt8] = []
    if takes(UInt8(ascii: "\"")) {
      repeat {
        guard let end = bytes[next...].firstIndex(of: UInt8(ascii: "\"")) else {
          throw LabelTableFault(
            line: began, column: "\(number)", problem: "a quote is opened and never closed")
        }
        text += bytes[next..<end]
        line += bytes[next..<end].count { $0 == 10 }
        next = end + 1
        // A quote that stands twice is one of the value.
        if next < bytes.count, bytes[next] == UInt8(ascii: "\"") { text.append(bytes[next]) }
      } while takes(UInt8(ascii: "\""))
      guard isAtEnd else {
        throw LabelTableFault(
          line: line, column: "\(number)",
          problem: "text after a closing quote; a quote in a value must be doubled")
      }
    } else {
      let start = next
      while !isAtEnd { next += 1 }
      text += bytes[start..<next]
      if text.contains(UInt8(ascii: "\"")) {
        throw LabelTableFault(
          line: line, column: "\(number)",
          problem:
            "a quote in a value that does not begin with one; put the value in quotes, and double its own quotes"
        )
      }
    }
    return Value(text: String(decoding: text, as: UTF8.self), line: began)
  }

  /// Whether a value ends here.
  private var isAtEnd: Bool {
    next >= bytes.count || bytes[next] == separator || bytes[next] == 10
      || (bytes[next] == 13 && (next + 1 >= bytes.count || bytes[next + 1] == 10))
  }

  private mutating func takes(_ byte: UInt8) -> Bool {
    guard next < bytes.count, bytes[next] == byte else { return false }
    next += 1
    return true
  }

  private mutating func endLine() {
    _ = takes(13)
    if takes(10) { line += 1 }
  }
}
