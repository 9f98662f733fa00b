import ArgumentParser
import MillraceExport
import MillraceModels
import MillraceReports

struct Predict: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "predict",
    abstract: "Name the most probable classes of images.",
    usage: "millrace predict MODEL PATH... [options]",
    discussion: """
      A PATH is an image, or a folder of which every image is taken, subfolders included; - takes paths from standard \
      input, one a line, and answers as they come. Results come in the order of the paths. A path that does not exist and a \
      file that cannot be used are reported on standard error; the others are done all the same, and the exit code is 65.

      Examples:
        millrace predict runs/1 some.jpg
        millrace predict runs/1 folder/ --top-k 3
        millrace predict runs/1 folder/ --csv > predictions.csv
        millrace predict runs/1 folder/ --reject-below 0.9
        millrace predict runs/1 some.jpg --nearest 5 --among photos
        millrace predict runs/1 folder/ --explain explanations
        find . -name '*.jpg' -print0 | millrace predict runs/1 - --null
        inotifywait -m -e close_write --format '%w%f' inbox | millrace predict runs/1 -

      Next: millrace evaluate runs/1 TESTDATA, to see how far to trust them
      """)

  @Argument(help: "A model file or a run folder.", completion: .file(extensions: ["safetensors"]))
  var model: String

  @Argument(
    help: ArgumentHelp("Images and folders of images; - for paths from standard input.", valueName: "path"),
    completion: .file())
  var paths: [String]

  @OptionGroup(title: "Results") var results: PredictionOptions
  @OptionGroup var inference: InferenceFlags
  @OptionGroup(title: "Output") var format: ResultOptions

  func validate() throws {
    if paths.contains("-"), paths.count > 1 {
      throw ValidationError(
        "- stands for paths from standard input and cannot be combined with other paths: leave one out")
    }
    if results.null && paths != ["-"] {
      throw ValidationError("--null has no effect without -, paths from standard input")
    }
    if results.csv && format.json { throw ValidationError("--csv and --json exclude each other: choose one") }
  }

  func run() throws {
    let contents = try Model.loaded(from: model, note: format.note)
    var options = try inference.options(for: contents)
    options.thresholds = try results.thresholds(for: contents)
    options.givesFeatures = results.nearest != nil || results.features != nil
    options.explains = results.explain != nil
    // The file takes all outputs.
    let topK = results.features == nil ? results.topK.value : contents.classes.count
    // What cannot be asked for is told before anything is written.
    let stream = try PredictionStream(contents, topK: topK, options: options)
    // Nothing is written into the data.
    for output in [results.features, results.explain].compactMap(\.self) {
      try requireOutside(output, roots: paths + [results.among].compactMap(\.self))
    }
    let explanations = try results.explain.map { try ExplanationFolder($0, model: model) }
    let file = try results.features.map { try FeatureFile($0, of: contents) }
    var output = PredictionOutput(
      classes: contents.classes, topK: results.topK.value,
      form: results.csv ? .csv : format.json ? .json : .table,
      neighbors: try results.neighbors(for: contents, options: options, note: format.note), features: file,
      explanations: explanations)
    if paths == ["-"] {
      var reader = PathReader(separator: results.null ? 0 : 10)
      while let portion = try reader.next(atMost: PredictionStream.portion) {
        try stream.predict(portion) { try output.show($0) }
      }
    } else {
      try stream.predict(paths) { try output.show($0) }
    }
    try file?.commit()
    try explanations?.finish(note: format.note)
    try output.end()
  }
}
