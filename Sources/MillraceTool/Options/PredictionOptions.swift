import ArgumentParser

/// What predict shows of each image, and how it is asked.
struct PredictionOptions: ParsableArguments {
  @Option(help: ArgumentHelp("The most probable classes shown of each image.", valueName: "k"))
  var topK = Count(1)

  @Flag(help: "Write comma-separated values: path, class, probability; then class_2 and so on.")
  var csv = false

  @Flag(
    help: "Paths on standard input end with a zero byte, not with a line; for names that hold line ends.")
  var null = false
}
