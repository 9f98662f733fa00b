import Foundation

/// A folder for one test, which is removed with everything in it when the test releases it.
public final class TemporaryFolder {
  /// The folder.
  public let path: String

  /// Creates the folder, empty.
  public init() throws {
    path = FileManager.default.temporaryDirectory.appending(path: "millrace-\(UUID().uuidString)").path
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }

  /// The path of a file in the folder.
  public func file(_ name: String) -> String { "\(path)/\(name)" }

  /// The names in the folder, including hidden ones, sorted.
  public func names() throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: path).sorted()
  }

  /// The bytes of a file in the folder.
  public func bytes(of name: String) throws -> [UInt8] {
    [UInt8](try Data(contentsOf: URL(filePath: file(name))))
  }

  /// Writes bytes by other means than the code under test, in a folder that is made where it is missing, and
  /// returns the path.
  public func put(_ bytes: [UInt8], at name: String) throws -> String {
    try FileManager.default.createDirectory(
      at: URL(filePath: file(name)).deletingLastPathComponent(), withIntermediateDirectories: true)
    try Data(bytes).write(to: URL(filePath: file(name)))
    return file(name)
  }
}
