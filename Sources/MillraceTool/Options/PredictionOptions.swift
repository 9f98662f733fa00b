import ArgumentParser
import MillraceModels

/// What predict shows of each image, and how it is asked.
struct PredictionOptions: ParsableArguments {
  @Option(help: ArgumentHelp("The most probable classes shown of each image.", valueName: "k"))
  var topK = Count(1)

  @Option(
    help: ArgumentHelp(
      "Name no class where the model is less sure than p, from 0 to 1, or than a file of evaluate --thresholds says.",
      valueName: "p|file.json"), completion: .file(extensions: ["json"]))
  var rejectBelow: String?

  @Option(
    help: ArgumentHelp(
      "Show the n images among those of --among that the model's last hidden layer finds most alike.",
      valueName: "n"))
  var nearest: Count?

  @Option(
    help: ArgumentHelp("The images for --nearest, such as those trained on.", valueName: "data"),
    completion: .directory)
  var among: String?

  @Option(
    help: ArgumentHelp(
      "Write what the model's last hidden layer makes of each image, for NumPy: features, outputs, paths, classes.",
      valueName: "file.npz"), completion: .file(extensions: ["npz"]))
  var features: String?

  @Option(
    help: ArgumentHelp(
      "Write for each image a picture of what spoke for its class (red) and against it (blue), and a page of all, into a new "
        + "folder.", valueName: "folder"), completion: .directory)
  var explain: String?

  @Flag(help: "Write comma-separated values: path, class, probability; then class_2 and so on.")
  var csv = false

  @Flag(
    help: "Paths on standard input end with a zero byte, not with a line; for names that hold line ends.")
  var null = false

  func validate() throws {
    if (nearest == nil) != (among == nil) {
      throw ValidationError("--nearest N and --among DATA belong together: give both, or leave both out")
    }
    if let features, !features.hasSuffix(".npz") {
      throw ValidationError("--features must name an .npz file, got '\(features)'")
    }
  }

  /// How sure a prediction must be; nil: any is named.
  func thresholds(for model: Model) throws -> ClassThresholds? {
    guard let rejectBelow else { return nil }
    if let threshold = Double(rejectBelow) {
      guard (0...1).contains(threshold) || (!model.network.output.isProbability && threshold.isFinite) else {
        throw ConfigurationError(
          setting: "--reject-below", problem: "must be from 0 to 1, got \(rejectBelow)")
      }
      return ClassThresholds(threshold)
    }
    return try ClassThresholds(
      parsing: TextFile.read(rejectBelow), path: rejectBelow, classes: model.classes)
  }
}
