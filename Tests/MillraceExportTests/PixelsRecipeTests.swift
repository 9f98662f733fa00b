import Foundation
import SwiftProtobuf
import Testing

@testable import MillraceExport
@testable import MillraceModels

struct PixelsRecipeTests {
  private func text(_ path: String) throws -> String {
    let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent("../..")
    return try String(contentsOf: root.appendingPathComponent(path).standardizedFileURL, encoding: .utf8)
  }

  @Test func `The documentation shows the program that is tested, word for word`() throws {
    let recipe = try text("Scripts/interoperability/pixels.py")
    let article = try text("Sources/MillraceExport/MillraceExport.docc/MillraceExport.md")
    #expect(article.contains("```python\n\(recipe)```\n"))
  }

  @Test func `The graph's metadata say how an image becomes its input`() throws {
    let model = try Model.fixture(hidden: [])
    let size = model.preprocessing.size
    let words = try #require(
      try ONNXModelProto(serializedBytes: model.onnx()).metadataProps.first { $0.key == ONNXFile.pixelsKey }?
        .value)
    for part in ["\(size.width) × \(size.height)", "(0, 0, 0)", "EXIF", "triangle", "red, green and blue"] {
      #expect(words.contains(part), "\(words)")
    }
  }
}
