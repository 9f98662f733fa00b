import Foundation
import Millrace
import MillraceExport
import MillraceReports

/// What an export has written, for people and as JSON.
struct ExportResult: Encodable {
  /// A tensor that goes into a graph or comes out of it; the first dimension is any batch.
  struct Tensor: Encodable {
    let name: String
    let type = "float32"
    let shape: [String]

    private enum CodingKeys: CodingKey { case name, type, shape }

    var text: String { "\(name): \(type) (\(shape.joined(separator: ", ")))" }
  }

  let path: String
  let format: String
  let byteCount: Int
  let input: Tensor?
  let output: Tensor?
  let operatorSet: Int?
  let formatVersion: Int?

  init(_ model: Model, path: String, format: ExportFormat) {
    self.path = path
    self.format = format.rawValue
    byteCount = (try? FileManager.default.attributesOfItem(atPath: path)[.size] as? Int) ?? 0
    let isGraph = format == .onnx
    let preprocessing = model.preprocessing
    let sizes = [preprocessing.channels.rawValue, preprocessing.size.height, preprocessing.size.width]
    input =
      isGraph ? Tensor(name: ONNXFile.inputName, shape: ["batch"] + sizes.map(String.init)) : nil
    output =
      isGraph
      ? Tensor(name: ONNXFile.outputName(of: model), shape: ["batch", String(model.classes.count)]) : nil
    operatorSet = isGraph ? ONNXFile.operatorSet : nil
    formatVersion = isGraph ? ONNXFile.formatVersion : nil
  }

  /// One line an entry.
  var lines: [String] {
    var entries = [("written", path.printable), ("bytes", Figures.count(byteCount))]
    if let input, let output, let operatorSet, let formatVersion {
      entries += [
        ("input", "\(input.text), pixels from 0 to 255"), ("output", output.text),
        ("version", "operator set \(operatorSet), format \(formatVersion)"),
      ]
    }
    return namedLines(entries)
  }
}
