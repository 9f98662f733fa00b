import ArgumentParser
import Millrace

/// What predict shows of each image, and how it is asked.
struct PredictionOptions: ParsableArguments {
  @Option(help: ArgumentHelp("The most probable classes shown of each image.", valueName: "k"))
  var topK = Count(1)

  @Option(
    help: ArgumentHelp(
      "Name no class where the model is less sure than p, from 0 to 1, or than a file of evaluate --thresholds says.",
      valueName: "p|file.json"), completion: .file(extensions: ["json"]))
  var rejectBelow: String?

  @Flag(help: "Write comma-separated values: path, class, probability; then class_2 and so on.")
  var csv = false

  @Flag(
    help: "Paths on standard input end with a zero byte, not with a line; for names that hold line ends.")
  var null = false

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
