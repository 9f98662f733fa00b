import ArgumentParser
import Millrace
import MillraceReports

struct Info: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "info",
    abstract: "Show what a model is made of.",
    usage: "millrace info MODEL|RUN [--json]",
    discussion: """
      Shows network, classes and preprocessing of a model file, or of the model in a run folder.

      Examples:
        millrace info runs/1
        millrace info runs/1/checkpoints/last.safetensors --json

      Next: millrace evaluate runs/1 TESTDATA
      """)

  @Argument(help: "A model file or a run folder.", completion: .file(extensions: ["safetensors"]))
  var model: String

  @OptionGroup var format: JSONOption

  func run() throws {
    let contents = try Model(contentsOf: model)
    try format.show(ModelResult(contents, path: model)) { ModelText(contents, path: model).lines(width: $0) }
  }
}
