import Foundation
import MillraceImages
import MillraceModels
import MillraceNetwork
import Testing
import _MillraceTestSupport

@testable import MillraceExport

/// The files beside an exported model: a text, and a program that says what `predict` says.
struct BesideModelTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private func text(_ name: String) throws -> String {
    String(decoding: try folder.bytes(of: name), as: UTF8.self)
  }

  @Test(arguments: ExportFormat.allCases) func `A text says what the pixels must be`(format: ExportFormat)
    throws
  {
    var model = try Model.fixture(hidden: [HiddenLayer(units: 4)], fit: .pad, background: [255, 204, 0])
    model.temperature = 1.5
    let name = "model.\(format.rawValue)"
    let paths = try model.export(to: folder.file(name), as: format)
    #expect(Set(try folder.names()) == Set(paths.map { String($0.dropFirst(folder.path.count + 1)) }))
    let text = try text(name + ".txt")
    // Words may stand on two lines.
    let words = text.replacing("\n", with: " ")
    for part in ["Input ", "(255, 204, 0)", "4 × 3", "EXIF", "smallest centred box", "Output "]
      + model.classes
    {
      #expect(words.contains(part), "\(part)")
    }
    #expect(text.hasPrefix("A classifier of pictures"))
    // Only weights leave the rest to who uses them.
    let isWeights = format == .npz || format == .safetensors
    #expect(words.contains("(pixel / 255 − 0.4) / 0.25") == isWeights)
    #expect(words.contains("power 1 / 1.5") == isWeights)
    for line in text.split(separator: "\n") { #expect(line.count <= 100, "\(line)") }
  }

  @Test(arguments: ExportFormat.allCases) func `Nothing is replaced unless that is asked for`(
    format: ExportFormat
  ) throws {
    let model = try Model.fixture(hidden: [])
    let path = folder.file("model.\(format.rawValue)")
    for taken in try Model.exportedPaths(of: path, as: format) {
      let name = String(taken.dropFirst(folder.path.count + 1))
      _ = try folder.put([1, 2, 3], at: name)
      #expect(throws: ExportError.exists(path: taken)) { try model.export(to: path, as: format) }
      #expect(try folder.names() == [name] && folder.bytes(of: name) == [1, 2, 3])
      try FileManager.default.removeItem(atPath: taken)
    }
    let paths = try model.export(to: path, as: format)
    var options = ExportOptions()
    options.replaces = true
    #expect(try model.export(to: path, as: format, options: options) == paths)
    #expect(try folder.names().count == paths.count)
  }

  @Test func `The program beside a graph of pixels has the functions that are tested, word for word`() throws
  {
    let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent("../..")
    let recipe = try String(
      contentsOf: root.appendingPathComponent("Scripts/interoperability/pixels.py").standardizedFileURL,
      encoding: .utf8)
    #expect(recipe.hasSuffix("\n\n" + PixelsRecipe.functions))
    #expect(PythonProgram(graph: "m.onnx", input: .pixels).text.contains(PixelsRecipe.functions))
  }

  @Test(
    .enabled(if: Python.withONNXRuntime != nil, "there is no Python with ONNX Runtime"),
    arguments: ONNXInput.allCases, [PictureFit.crop, .padReflect])
  func `The program says what predict says`(input: ONNXInput, fit: PictureFit) throws {
    let python = try #require(Python.withONNXRuntime)
    let model = try Model.fixture(
      hidden: [HiddenLayer(units: 9)], size: ImageSize(width: 20, height: 16), fit: fit,
      background: [255, 204, 0])
    var options = ExportOptions()
    options.input = input
    try model.export(to: folder.file("a \"b\".onnx"), as: .onnx, options: options)
    var paths: [String] = []
    for (number, size) in ONNXPictureTests.sizes.enumerated() {
      let picture = Pattern.image(number, width: size.width, height: size.height)
      paths.append(try folder.put(ImageEncoder.png(picture), at: "\(number).png"))
    }
    // None that would be reduced: libjpeg and means of squares are not the same to the last level.
    let small = Pattern.image(50, width: 37, height: 29)
    paths.append(try folder.put(try ImageEncoder.jpeg(small, quality: 95), at: "small.jpg"))
    let outcome = try CCompiler.run(python, [folder.file("a \"b\".onnx.py")] + paths)
    #expect(outcome.status == 0, "\(outcome.errors)")
    let lines = outcome.output.split(separator: "\n")
    try #require(lines.count == paths.count)
    for (line, path) in zip(lines, paths) {
      let best = try #require(try model.predict([path])[0].ranked.first)
      #expect(line.hasSuffix("  \(best.name)  \(path)"), "\(line)")
      let probability = try #require(Float(line.prefix { $0 != " " }))
      #expect(abs(probability - best.probability) < 1e-4, "\(line), \(best)")
    }
  }
}
