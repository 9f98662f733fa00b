import ArgumentParser

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
}
