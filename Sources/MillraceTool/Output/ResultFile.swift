import MillraceModels
import MillracePipeline

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
  ///   - roots: The folders that the results are of, which take no files.
  ///   - datasets: What was found in them.
  /// - Throws: ``FileError``.
  init(_ path: String, roots: [String], datasets: [Dataset]) throws(FileError) {
    try requireOutside(path, roots: roots, datasets: datasets)
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
