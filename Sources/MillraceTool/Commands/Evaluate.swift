import ArgumentParser
import MillraceModels
import MillracePipeline
import MillraceReports

struct Evaluate: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "evaluate",
    abstract: "Measure a model on labelled images.",
    usage: "millrace evaluate MODEL DATA [options]",
    discussion: """
      DATA holds a folder of images for each class of the model, of which some may be missing; or it is the root of a data \
      set, of which test/ is taken, or else val/. Shows loss, accuracy, top-k accuracy, the expected \
      calibration error (of 15 bins of confidence), each class's precision, recall, F1, area under the \
      ROC curve and average precision with their means, and which classes are taken for which. With 95 % confidence an \
      interval holds the figure of all images of this kind. Network, classes and preprocessing come from \
      the model alone.

      Examples:
        millrace evaluate runs/1 mnist/test
        millrace evaluate runs/1/model.safetensors mnist/test --json
        millrace evaluate runs/1 mnist/test --report evaluation.html --compare runs/2
        millrace evaluate runs/1 photos/test --slices size --slices brightness
        millrace evaluate runs/1 mnist/val --calibrate
        millrace evaluate runs/1 mnist/val --thresholds thresholds.json --precision 0.98
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
    if results.calibrate, inference.variants.tta != nil {
      throw ValidationError("--calibrate fits the model as it sees each image once: leave --tta out")
    }
  }

  func run() throws {
    var contents = try Model.loaded(from: model, note: format.note)
    let images = try MeasuredImages(data, labels: table.labels, classes: contents.classes)
    func file(_ path: String) throws(FileError) -> ResultFile {
      try ResultFile(path, roots: [table.labels ?? data], datasets: [images.dataset])
    }
    var list = try results.predictions.map { try PredictionFile($0, classes: contents.classes, open: file) }
    let mistakes = try results.mistakes.map(file)
    let report = try results.report.map(file)
    let thresholds = try results.thresholds.map(file)
    let other = try results.compare.map {
      try ComparedModel($0, on: data, labels: table.labels, with: contents, format)
    }
    let rules = results.slices.map { SliceRule($0) }
    for rule in rules { try rule.check(images) }
    for notice in images.notices { format.note(notice) }
    if results.calibrate { try calibrate(&contents, images.dataset) }
    var answers: [EvaluatedImage] = []
    let evaluation = try contents.evaluate(
      images.dataset, topK: results.topK.value, mistakes: mistakeCount,
      options: inference.options(for: contents)
    ) { image in
      try list?.add(image)
      if other != nil { answers.append(image) }
    }
    let figures = EvaluationFigures(evaluation)
    let slices = try rules.map {
      try EvaluationSlices($0, of: evaluation, on: images, options: inference.options(for: contents))
    }
    let comparison = try other?.compared(with: answers, inference)
    try list?.commit()
    if let mistakes {
      try mistakes.write(MistakesPage(evaluation, model: model, data: images.dataset.root).html)
      try mistakes.commit()
    }
    if let report {
      let page = EvaluationPage(
        evaluation, figures, slices: slices, comparison: comparison, model: model, data: images.dataset.root)
      try report.write(page.html)
      try report.commit()
    }
    if let thresholds {
      let found = ClassThresholds(
        precision: results.precision ?? 0.95, evaluation.outputs, classes: contents.classes)
      try thresholds.write(found.text())
      try thresholds.commit()
      let coverage = found.coverage(evaluation.outputs, classes: contents.classes)
      format.note(
        "\(results.thresholds ?? ""): with these thresholds \(Figures.percent(coverage)) of the images are answered"
      )
    }
    do {
      try Report.keep(evaluation, on: images.dataset.root, in: RunFolder(path: model))
    } catch {
      format.note("\(model): the run's record could not take the result: \(error)")
    }
    try format.show(
      EvaluationResult(
        evaluation, figures, slices: slices, comparison: comparison, data: images.dataset.root)
    ) {
      EvaluationText(evaluation, figures, slices: slices, comparison: comparison).lines(width: $0)
    }
  }

  /// Fits the model's temperature, and stores it where the model is.
  private func calibrate(_ contents: inout Model, _ images: Dataset) throws {
    guard contents.canBeCalibrated else {
      throw ConfigurationError(
        setting: "--calibrate",
        problem:
          "\(model): its outputs are not probabilities of one class; only those of softmax with cross-entropy are"
      )
    }
    let file = RunFolder.modelPath(for: model)
    if file != model, file != RunFolder(path: model).model {
      throw ConfigurationError(
        setting: "--calibrate",
        problem: "\(model): the run is not finished; train on with --resume, or name a model file")
    }
    let before = try contents.evaluate(images, options: inference.options(for: contents))
    contents.calibrate(with: before)
    try contents.save(to: file)
    format.note(
      "\(file): calibrated on \(Figures.count(before.count, "image")): temperature \(Figures.significant(contents.temperature)); "
        + "before, the calibration error was \(Figures.percent(before.calibration?.expectedError, digits: 2)), the loss "
        + Figures.fixed(before.loss, 4) + "; what follows is of the images that it was fitted to")
  }

  /// The most mistakes whose pictures are wanted.
  private var mistakeCount: Int {
    max(
      results.mistakes == nil ? 0 : results.mistakeCount?.value ?? 100,
      results.report == nil ? 0 : EvaluationPage.mistakeCount)
  }
}
