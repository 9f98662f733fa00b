import ArgumentParser
import Foundation
import MillraceExport
import MillraceModels
import MillracePipeline
import MillraceTraining

struct Export: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "export",
    abstract: "Write a model in another format.",
    usage: "millrace export MODEL --format onnx|c|safetensors|npz [options]",
    discussion: """
      onnx: a graph for ONNX Runtime and others, which gives what predict shows. It takes raw pixels, float32 of (batch, \
      channels, height, width) from 0 to 255, and normalises them itself; with --input image it takes one picture of any \
      size, uint8 of (height, width, 3), and brings it to the model's size itself. Class names are in its metadata.
      c: one file of C99 and a header, which need only the C library: from a picture's bytes to probabilities. With \
      --quantize int8 weights take a quarter of the room.
      safetensors: weights and metadata, as the run's own model file.
      npz: weights and metadata for numpy.load.

      Beside the file lies a text of its name with .txt that says what the pixels must be, and beside a graph a program in \
      Python with .py that shows how it is used.

      Examples:
        millrace export runs/1 --format onnx
        millrace export runs/1 --format onnx --input image --output classifier.onnx
        millrace export runs/1 --format c --quantize int8 --output classifier.c
        millrace export runs/1/checkpoints/last.safetensors --format npz --output weights.npz

      Next: python3 runs/1/model.onnx.py some.jpg
      """)

  @Argument(help: "A model file or a run folder.", completion: .file(extensions: ["safetensors"]))
  var model: String

  @Option(help: ArgumentHelp("onnx, c, safetensors or npz.", valueName: "format"))
  var format: ExportFormat?

  @Option(
    help: ArgumentHelp("What a graph takes: pixels or image (default: pixels).", valueName: "kind"))
  var input: ONNXInput?

  @Option(help: ArgumentHelp("Make the weights of a C file smaller: int8.", valueName: "type"))
  var quantize: WeightType?

  @Option(
    help: ArgumentHelp(
      "Images that the model was trained on, for --quantize (default: those of the model's run).",
      valueName: "data"), completion: .directory)
  var calibration: String?

  @Option(
    help: ArgumentHelp(
      "The file to write (default: the model's name with the format's ending, beside it).", valueName: "file"),
    completion: .file())
  var output: String?

  @Flag(help: "Replace files that are there.")
  var replace = false

  @OptionGroup(title: "Output") var results: ResultOptions

  func validate() throws {
    if format == nil {
      throw ValidationError(
        "export needs --format onnx for ONNX Runtime and others, --format c for C, --format npz for NumPy, or --format safetensors"
      )
    }
    for (flag, isGiven, needed) in [
      ("--input", input != nil, ExportFormat.onnx), ("--quantize", quantize != nil, .c),
    ] where isGiven && format != needed {
      throw ValidationError(
        "\(flag) has no effect without --format \(needed.rawValue); add it, or leave this out")
    }
    if calibration != nil, quantize == nil {
      throw ValidationError("--calibration has no effect without --quantize; add it, or leave this out")
    }
  }

  func run() throws {
    guard let format else { return }
    let source = RunFolder.modelPath(for: model)
    let contents = try Model.loaded(from: model, note: results.note)
    let path = output ?? Self.path(beside: source, ending: format.rawValue)
    guard !Self.isSameFile(path, source) else {
      throw ConfigurationError(
        setting: "--output", problem: "\(path) is the model itself; name another file for the export")
    }
    try requireOutside(path, roots: RunFolder(holding: source).dataRoots + [calibration].compactMap { $0 })
    var options = ExportOptions()
    options.replaces = replace
    options.input = input ?? .pixels
    if quantize != nil { options.quantization = .int8(calibratedOn: try calibrationImages(of: source)) }
    let files = try contents.export(to: path, as: format, options: options)
    let result = ExportResult(contents, files: files, format: format, input: options.input)
    try results.show(result) { _ in result.lines }
  }

  /// What the ranges of a smaller model are measured on.
  private func calibrationImages(of source: String) throws -> Dataset {
    if let calibration {
      // Of the root of a data set what is trained on, else all that there is: classes do not matter.
      if let tree = try? DatasetTree.scan(calibration) { return tree.training }
      return try Dataset.unlabelled([calibration])
    }
    let images: Dataset?
    do {
      images = try RunFolder(holding: source).trainingImages()
    } catch {
      throw ConfigurationError(
        setting: "--calibration",
        problem: "must be given, since the images of the model's own run cannot be found: \(error)")
    }
    guard let images else {
      throw ConfigurationError(
        setting: "--calibration",
        problem:
          "must be given, since \(source) is not in the folder of a run: name some images that the model was trained on"
      )
    }
    return images
  }

  /// Whether two paths lead to one file.
  private static func isSameFile(_ a: String, _ b: String) -> Bool {
    var (first, second) = (stat(), stat())
    return stat(a, &first) == 0 && stat(b, &second) == 0 && first.st_dev == second.st_dev
      && first.st_ino == second.st_ino
  }

  /// The path of a file with another ending.
  private static func path(beside source: String, ending: String) -> String {
    let known = ".safetensors"
    return (source.hasSuffix(known) ? String(source.dropLast(known.count)) : source) + "." + ending
  }
}
