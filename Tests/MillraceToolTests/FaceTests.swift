import Foundation
import Testing

/// Holds `Millrace`, the face of the library, against the rooms behind it.
struct FaceTests {
  private static let sources = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .appendingPathComponent("../../Sources").standardizedFileURL

  /// The lines of all Swift files of a module that match a pattern of two groups, which are put together.
  private func matches(of pattern: String, in module: String) throws -> Set<String> {
    let folder = Self.sources.appendingPathComponent(module)
    let expression = try NSRegularExpression(pattern: pattern, options: .anchorsMatchLines)
    var found: Set<String> = []
    for name in try FileManager.default.subpathsOfDirectory(atPath: folder.path)
    where name.hasSuffix(".swift") {
      let text = try String(contentsOf: folder.appendingPathComponent(name), encoding: .utf8)
      for match in expression.matches(in: text, range: NSRange(text.startIndex..., in: text)) {
        let parts = (1..<match.numberOfRanges).compactMap { Range(match.range(at: $0), in: text) }
        found.insert(parts.map { String(text[$0]) }.joined(separator: " "))
      }
    }
    return found
  }

  @Test(arguments: [
    "MillraceRandom", "MillraceThreads", "MillraceImages", "MillracePipeline", "MillraceNetwork",
    "MillraceShards", "MillraceModels", "MillraceTraining", "MillraceWorkshop",
  ])
  func `The face brings in every name that a room makes public`(room: String) throws {
    let kinds = "(struct|class|enum|protocol|actor|typealias|func|let|var)"
    let declared = try matches(of: "^(?:@\\w+ )*public (?:final |indirect )*\(kinds) (\\w+)", in: room)
    let brought = try matches(of: "^@_exported public import \(kinds) \(room)\\.(\\w+)$", in: "Millrace")
    #expect(!declared.isEmpty && declared == brought)
  }
}
