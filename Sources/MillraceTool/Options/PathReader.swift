import Foundation

/// Paths from standard input, one a line, as they come: the bytes that the system knows files by, which need be no
/// UTF-8.
struct PathReader {
  private let descriptor: Int32
  private let separator: UInt8
  private var pending: [UInt8] = []
  private var isAtEnd = false
  private var isAtStart = true

  private static let byteOrderMark: [UInt8] = [0xEF, 0xBB, 0xBF]

  /// - Parameters:
  ///   - descriptor: Where the paths come from.
  ///   - separator: What stands after each: a line feed, or a zero byte.
  init(descriptor: Int32 = STDIN_FILENO, separator: UInt8 = 10) {
    self.descriptor = descriptor
    self.separator = separator
  }

  /// Paths cannot be read.
  struct ReadError: Error, CustomStringConvertible {
    let code: Int32
    var description: String {
      "standard input cannot be read: \(String(cString: strerror(code))); give paths, one a line"
    }
  }

  /// The paths that are there, at least one and at most so many: waits until there is one. Nil after the last.
  mutating func next(atMost limit: Int) throws(ReadError) -> [[UInt8]]? {
    while true {
      let paths = takePaths(atMost: limit)
      if !paths.isEmpty { return paths }
      if isAtEnd { return nil }
      try read()
    }
  }

  private mutating func takePaths(atMost limit: Int) -> [[UInt8]] {
    var paths: [[UInt8]] = []
    var start = pending.startIndex
    func take(_ path: ArraySlice<UInt8>) {
      // Lines may come from a system that ends them with a carriage return, too.
      let path = separator == 10 && path.last == 13 ? path.dropLast() : path
      if !path.isEmpty { paths.append(Array(path)) }
    }
    while paths.count < limit, let end = pending[start...].firstIndex(of: separator) {
      take(pending[start..<end])
      start = end + 1
    }
    // The last path may come without an end.
    if paths.isEmpty, isAtEnd, start < pending.endIndex {
      take(pending[start...])
      start = pending.endIndex
    }
    pending.removeSubrange(..<start)
    return paths
  }

  private mutating func read() throws(ReadError) {
    var block = [UInt8](repeating: 0, count: 1 << 16)
    while true {
      let count = Foundation.read(descriptor, &block, block.count)
      if count < 0 && errno == EINTR { continue }
      guard count >= 0 else { throw ReadError(code: errno) }
      pending += block.prefix(count)
      isAtEnd = count == 0
      if isAtStart, !isAtEnd, pending.count < Self.byteOrderMark.count { continue }
      // Some programs begin a text with it.
      if isAtStart, pending.starts(with: Self.byteOrderMark) { pending.removeFirst(Self.byteOrderMark.count) }
      isAtStart = false
      return
    }
  }
}
