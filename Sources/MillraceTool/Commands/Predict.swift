import ArgumentParser
import Millrace
import MillraceReports

struct Predict: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "predict",
    abstract: "Name the most probable classes of images.",
    usage: "millrace predict MODEL PATH... [options]",
    discussion: """
      A PATH is an image, or a folder of which every image is taken, subfolders included. Results come in the order of \
      the paths. A file that cannot be used is reported on standard error; the others are done all the same, and the \
      exit code is 65.

      Examples:
        millrace predict runs/1 some.jpg
        millrace predict runs/1 folder/ --top-k 3
        millrace predict runs/1 folder/ --csv > predictions.csv

      Next: millrace evaluate runs/1 TESTDATA, to see how far to trust them
      """)

  @Argument(help: "A model file or a run folder.", completion: .file(extensions: ["safetensors"]))
  var model: String

  @Argument(help: ArgumentHelp("Images and folders of images.", valueName: "path"), completion: .file())
  var paths: [String]

  @Option(help: ArgumentHelp("The most probable classes shown of each image.", valueName: "k"))
  var topK = Count(1)

  @Flag(help: "Write comma-separated values: path, class, probability; then class_2 and so on.")
  var csv = false

  @OptionGroup var inference: InferenceFlags
  @OptionGroup var format: JSONOption

  func validate() throws {
    if csv && format.json { throw ValidationError("--csv and --json exclude each other: choose one") }
  }

  func run() throws {
    let contents = try Model(contentsOf: model)
    var output = PredictionOutput(
      classes: contents.classes, topK: topK.value, form: csv ? .csv : format.json ? .json : .table)
    try contents.predict(
      paths, topK: topK.value, options: inference.options(for: contents)
    ) { try output.show($0) }
    try output.end()
  }
}
