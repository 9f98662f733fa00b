import ArgumentParser
import Millrace
import MillraceReports

struct Evaluate: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "evaluate",
    abstract: "Measure a model on labelled images.",
    usage: "millrace evaluate MODEL DATA [options]",
    discussion: """
      DATA holds a folder of images for each class of the model. Shows loss, accuracy, top-k accuracy, each class's \
      precision, recall and F1, and which classes are taken for which. Network, classes and preprocessing come from \
      the model alone.

      Examples:
        millrace evaluate runs/1 mnist/test
        millrace evaluate runs/1/model.safetensors mnist/test --json

      Next: millrace predict runs/1 some.jpg
      """)

  @Argument(help: "A model file or a run folder.", completion: .file(extensions: ["safetensors"]))
  var model: String

  @Argument(help: "A folder with a folder of images for each class.", completion: .directory)
  var data: String

  @Option(help: ArgumentHelp("Also count images whose class is among the k most probable.", valueName: "k"))
  var topK = Count(5)

  @OptionGroup var inference: InferenceFlags
  @OptionGroup var format: JSONOption

  func run() throws {
    let contents = try Model(contentsOf: model)
    let evaluation = try contents.evaluate(
      data, topK: topK.value, options: inference.options(for: contents))
    try format.show(EvaluationResult(evaluation)) { EvaluationText(evaluation).lines(width: $0) }
  }
}
