import ArgumentParser
import Millrace
import MillraceReports

struct Evaluate: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "evaluate",
    abstract: "Measure a model on labelled images.",
    usage: "millrace evaluate MODEL DATA [options]",
    discussion: """
      DATA holds a folder of images for each class of the model, of which some may be missing; or it is the root of a data \
      set, of which test/ is taken, or else val/. Shows loss, accuracy, top-k accuracy, the expected \
      calibration error (of 15 bins of confidence), each class's precision, recall and F1, and which classes are taken for \
      which. Network, classes and preprocessing come from \
      the model alone.

      Examples:
        millrace evaluate runs/1 mnist/test
        millrace evaluate runs/1/model.safetensors mnist/test --json
        millrace evaluate runs/1 mnist/test --mistakes mistakes.html --predictions predictions.csv

      Of a run folder, the run's report and 'millrace runs' show the result from then on.

      Next: millrace predict runs/1 some.jpg
      """)

  @Argument(help: "A model file or a run folder.", completion: .file(extensions: ["safetensors"]))
  var model: String

  @Argument(help: "A folder with a folder of images for each class.", completion: .directory)
  var data: String

  @OptionGroup(title: "Data") var table: LabelsOption

  @OptionGroup(title: "Results") var results: EvaluationOptions
  @OptionGroup var inference: InferenceFlags
  @OptionGroup(title: "Output") var format: ResultOptions

  func validate() throws {
    if let predictions = results.predictions { try PredictionFile.check(predictions) }
    if results.mistakeCount != nil && results.mistakes == nil {
      throw ValidationError("--mistake-count has no effect without --mistakes; add it, or leave this out")
    }
  }

  func run() throws {
    let contents = try Model.loaded(from: model, note: format.note)
    let images = try MeasuredImages(data, labels: table.labels, classes: contents.classes)
    func file(_ path: String) throws(FileError) -> ResultFile {
      try ResultFile(path, roots: [table.labels ?? data], datasets: [images.dataset])
    }
    var list = try results.predictions.map { try PredictionFile($0, classes: contents.classes, open: file) }
    let page = try results.mistakes.map(file)
    for notice in images.notices { format.note(notice) }
    let evaluation = try contents.evaluate(
      images.dataset, topK: results.topK.value,
      mistakes: results.mistakes == nil ? 0 : results.mistakeCount?.value ?? 100,
      options: inference.options(for: contents)
    ) { try list?.add($0) }
    try list?.commit()
    if let page {
      try page.write(MistakesPage(evaluation, model: model, data: images.dataset.root).html)
      try page.commit()
    }
    do {
      try Report.keep(evaluation, on: images.dataset.root, in: RunFolder(path: model))
    } catch {
      format.note("\(model): the run's record could not take the result: \(error)")
    }
    try format.show(EvaluationResult(evaluation, data: images.dataset.root)) {
      EvaluationText(evaluation).lines(width: $0)
    }
  }
}
