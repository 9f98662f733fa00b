import Foundation

/// Text that the command itself reads.
enum TextFile {
  /// Why it could not be read.
  struct ReadError: Error, CustomStringConvertible {
    let path: String
    let code: Int32
    var description: String {
      "\(path): cannot be read: \(String(cString: strerror(code))); name a text file that you may read"
    }
  }

  /// The whole text; bytes that are no UTF-8 become replacement characters.
  static func read(_ path: String) throws(ReadError) -> String {
    guard let file = fopen(path, "re") else { throw ReadError(path: path, code: errno) }
    defer { fclose(file) }
    var bytes: [UInt8] = []
    var block = [UInt8](repeating: 0, count: 1 << 16)
    while true {
      let count = fread(&block, 1, block.count, file)
      bytes += block.prefix(count)
      if count > 0 { continue }
      // A folder opens, but does not read.
      guard ferror(file) == 0 else { throw ReadError(path: path, code: errno) }
      return String(decoding: bytes, as: UTF8.self)
    }
  }
}
