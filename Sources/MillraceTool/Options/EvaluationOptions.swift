import ArgumentParser
import MillraceModels

/// What evaluate shows beside the figures.
struct EvaluationOptions: ParsableArguments {
  @Option(help: ArgumentHelp("Also count images whose class is among the k most probable.", valueName: "k"))
  var topK = Count(5)

  @Option(
    help: ArgumentHelp(
      "Write a page with pictures of the most confident mistakes.", valueName: "file.html"),
    completion: .file(extensions: ["html"]))
  var mistakes: String?

  @Option(help: ArgumentHelp("The most mistakes on that page (default: 100).", valueName: "n"))
  var mistakeCount: Count?

  @Option(
    help: ArgumentHelp(
      "Write what each image was taken for, with probabilities: .csv or .json, by the name.",
      valueName: "file"), completion: .file(extensions: ["csv", "json"]))
  var predictions: String?

  @Option(
    help: ArgumentHelp(
      "Write a page of all figures: classes, thresholds, coverage, confusion, mistakes, calibration.",
      valueName: "file.html"), completion: .file(extensions: ["html"]))
  var report: String?

  @Option(
    help: ArgumentHelp(
      "Compare with another model, image by image (McNemar's test).", valueName: "model"),
    completion: .file(extensions: ["safetensors"]))
  var compare: String?

  @Option(
    help: ArgumentHelp(
      "Write for each class how sure a prediction must be for --precision; predict --reject-below takes the file.",
      valueName: "file.json"), completion: .file(extensions: ["json"]))
  var thresholds: String?

  @Option(
    help: ArgumentHelp(
      "The share of the predictions of a class that must be right for --thresholds (default: 0.95).",
      valueName: "p"))
  var precision: Double?

  @Option(
    help: ArgumentHelp(
      "Figures of parts of the images: by a column of the table of labels, or by thirds of size, brightness or sharpness; may "
        + "be given several times.", valueName: "column"), completion: .list(SliceRule.words))
  var slices: [String] = []

  @Flag(
    help: "Fit the temperature of the model's probabilities to these images and store it in the model file.")
  var calibrate = false

  func validate() throws {
    for (flag, isGiven, needed, other) in [
      ("--mistake-count", mistakeCount != nil, "--mistakes", mistakes),
      ("--precision", precision != nil, "--thresholds", thresholds),
    ]
    where isGiven && other == nil {
      throw ValidationError("\(flag) has no effect without \(needed); add it, or leave this out")
    }
    if let precision, !(0...1).contains(precision) {
      throw ValidationError("--precision must be from 0 to 1, got \(precision)")
    }
  }
}
