import ArgumentParser
import Foundation
import Millrace
import MillraceExport

struct Export: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "export",
    abstract: "Write a model in another format.",
    usage: "millrace export MODEL --format onnx|safetensors|npz [--output FILE]",
    discussion: """
      onnx: a graph for ONNX Runtime and others. It takes raw pixels, float32 of (batch, channels, height, width) from \
      0 to 255, normalises them itself and gives what predict shows. Class names are in its metadata.
      safetensors: weights and metadata, as the run's own model file.
      npz: weights and metadata for numpy.load.

      Examples:
        millrace export runs/1 --format onnx
        millrace export runs/1/checkpoints/last.safetensors --format npz --output weights.npz

      Next: onnxruntime.InferenceSession("runs/1/model.onnx") in Python
      """)

  @Argument(help: "A model file or a run folder.", completion: .file(extensions: ["safetensors"]))
  var model: String

  @Option(help: ArgumentHelp("onnx, safetensors or npz.", valueName: "format"))
  var format: ExportFormat?

  @Option(
    help: ArgumentHelp(
      "The file to write (default: the model's name with the format's ending, beside it).", valueName: "file"),
    completion: .file())
  var output: String?

  @OptionGroup(title: "Output") var results: ResultOptions

  func validate() throws {
    if format == nil {
      throw ValidationError(
        "export needs --format onnx for ONNX Runtime and others, --format npz for NumPy, or --format safetensors"
      )
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
    try requireOutside(path, roots: RunFolder(holding: source).dataRoots)
    try contents.export(to: path, as: format)
    let result = ExportResult(contents, path: path, format: format)
    try results.show(result) { _ in result.lines }
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
