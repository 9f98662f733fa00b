import Foundation
import MillraceModels

/// A CSV file that grows by whole rows: each row is handed to the system in a single write and brought to the disk.
/// So another reader never sees half of one, and a run that is killed leaves every row that it wrote.
final class RowLog {
  private let path: String
  private let descriptor: Int32

  /// Writes the file anew.
  ///
  /// - Parameters:
  ///   - path: The path of the file.
  ///   - columns: The first line.
  ///   - rows: The lines with which the file begins, each with its end.
  init(path: String, columns: [String], rows: String = "") throws(FileError) {
    self.path = path
    try DurableFile.write(CSV.row(columns) + rows, to: path)
    descriptor = retryingInterrupted { open(path, O_WRONLY | O_APPEND | O_CLOEXEC) }
    guard descriptor >= 0 else { throw .cannotCreate(path: path, code: errno) }
  }

  deinit { close(descriptor) }

  /// The first rows of a file that a run has left, without its heading; a row without an end does not count.
  static func rows(of path: String, first count: Int) -> String {
    guard count > 0, let text = try? String(contentsOfFile: path, encoding: .utf8) else { return "" }
    let lines = text.split(separator: "\n", omittingEmptySubsequences: false).dropLast().dropFirst()
    return lines.prefix(count).map { $0 + "\n" }.joined()
  }

  func append(_ cells: [String]) throws(FileError) {
    let row = Array(CSV.row(cells).utf8)
    let result = row.withUnsafeBytes { bytes in
      Result { () throws(FileError) in try writeAll(bytes, to: descriptor, path: path) }
    }
    try result.get()
    guard synchronize(descriptor) == 0 else {
      throw .cannotWrite(path: path, during: "fsync", code: errno)
    }
  }
}
