import ArgumentParser
import MillraceModels
import MillracePipeline
import MillraceReports

struct Info: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "info",
    abstract: "Show what a model, or a packed file, is made of.",
    usage: "millrace info MODEL|RUN|PACK [--json]",
    discussion: """
      Shows network, classes and preprocessing of a model file, or of the model in a run folder; and of a packed file what \
      it was made from and for.

      Examples:
        millrace info runs/1
        millrace info runs/1/checkpoints/last.safetensors --json
        millrace info photos.pack

      Next: millrace evaluate runs/1 TESTDATA
      """)

  @Argument(
    help: "A model file, a run folder or a packed file.", completion: .file(extensions: ["safetensors"]))
  var model: String

  @OptionGroup(title: "Output") var format: ResultOptions

  func run() throws {
    if Dataset.isPacked(model) {
      let contents = try PackContents(model)
      return try format.show(contents) { contents.lines(width: $0) }
    }
    let contents = try Model.loaded(from: model, note: format.note)
    try format.show(ModelResult(contents, path: model)) { ModelText(contents, path: model).lines(width: $0) }
  }
}
