import Foundation

/// A folder that is removed when the test ends.
final class TemporaryFolder {
  let path: String

  init() throws {
    let url = FileManager.default.temporaryDirectory.appendingPathComponent("millrace-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
    path = url.path
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }

  /// Makes a folder and those above it.
  @discardableResult
  func folder(_ name: String) throws -> String {
    let full = path + "/" + name
    try FileManager.default.createDirectory(atPath: full, withIntermediateDirectories: true)
    return full
  }

  /// Writes files and the folders above them.
  func files(_ names: String..., content: [UInt8] = [1]) throws {
    for name in names { try file(name, content) }
  }

  /// Writes a file and the folders above it.
  func file(_ name: String, _ content: [UInt8]) throws {
    let url = URL(fileURLWithPath: path + "/" + name)
    try FileManager.default.createDirectory(
      at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
    try Data(content).write(to: url)
  }

  /// Writes a file whose name may be any bytes.
  func rawFile(_ name: [UInt8]) {
    var full = Array((path + "/").utf8) + name + [0]
    full.withUnsafeMutableBytes { bytes in
      let file = open(bytes.baseAddress!.assumingMemoryBound(to: CChar.self), O_WRONLY | O_CREAT, 0o644)
      precondition(file >= 0, "the file system refuses the name")
      close(file)
    }
  }

  /// Makes a symbolic link.
  func link(_ name: String, to target: String) throws {
    try FileManager.default.createSymbolicLink(atPath: path + "/" + name, withDestinationPath: target)
  }
}
