import Millrace

/// A file of results that is opened before they are worked out, so that a place that takes none is told at once; it is
/// whole or absent.
final class ResultFile {
  private var file: DurableFile?
  private var pending: [UInt8] = []

  private static let blockSize = 1 << 16

  /// Creates a temporary file beside it.
  ///
  /// - Parameters:
  ///   - path: The file.
  ///   - data: The data set that the results are of, which takes no files.
  /// - Throws: ``FileError``.
  init(_ path: String, data: String) throws(FileError) {
    try requireOutside(path, datasets: data)
    file = try DurableFile(replacing: path)
  }

  /// Appends a text.
  func write(_ text: String) throws(FileError) {
    pending += text.utf8
    if pending.count >= Self.blockSize { try flush() }
  }

  /// Moves the file to its place. There is no writing afterwards.
  func commit() throws(FileError) {
    try flush()
    guard let whole = file.take() else { return }
    try whole.commit()
  }

  private func flush() throws(FileError) {
    try file?.write(pending)
    pending.removeAll(keepingCapacity: true)
  }
}
