import Foundation
import MillraceExport
import MillraceModels
import MillraceReports

/// What an export has written, for people and as JSON.
struct ExportResult: Encodable {
  /// A tensor that goes into a graph or comes out of it; a word stands for a dimension of any size.
  struct Tensor: Encodable {
    let name: String
    let type: String
    let shape: [String]

    private enum CodingKeys: CodingKey { case name, type, shape }

    var text: String { "\(name): \(type) (\(shape.joined(separator: ", ")))" }
  }

  let path: String
  let format: String
  let byteCount: Int
  /// All files that belong together, the model's own first.
  let files: [String]
  let input: Tensor?
  let output: Tensor?
  let operatorSet: Int?
  let formatVersion: Int?

  init(_ model: Model, files: [String], format: ExportFormat, input kind: ONNXInput) {
    self.files = files
    path = files[0]
    self.format = format.rawValue
    byteCount = (try? FileManager.default.attributesOfItem(atPath: files[0])[.size] as? Int) ?? 0
    guard format == .onnx else {
      (input, output, operatorSet, formatVersion) = (nil, nil, nil, nil)
      return
    }
    let preprocessing = model.preprocessing
    let sizes = [preprocessing.channels.rawValue, preprocessing.size.height, preprocessing.size.width]
    input =
      switch kind {
      case .pixels: Tensor(name: kind.name, type: "float32", shape: ["batch"] + sizes.map(String.init))
      case .image: Tensor(name: kind.name, type: "uint8", shape: ["height", "width", "3"])
      }
    output = Tensor(
      name: ONNXFile.outputName(of: model), type: "float32",
      shape: [kind == .pixels ? "batch" : "1", String(model.classes.count)])
    operatorSet = ONNXFile.operatorSet
    formatVersion = ONNXFile.formatVersion
  }

  /// One line an entry.
  var lines: [String] {
    var entries = [("written", path.printable), ("bytes", Figures.count(byteCount))]
    entries += files.dropFirst().map { ("beside", $0.printable) }
    if let input, let output, let operatorSet, let formatVersion {
      entries += [
        ("input", "\(input.text), pixels from 0 to 255"), ("output", output.text),
        ("version", "operator set \(operatorSet), format \(formatVersion)"),
      ]
    }
    return namedLines(entries)
  }
}
