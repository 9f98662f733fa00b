import ArgumentParser

/// How many variants of each image are averaged, and what they are.
struct TestTimeOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Average over n augmented variants of each image (test-time augmentation).", valueName: "n"))
  var tta: Int?

  @Option(
    help: ArgumentHelp("What is drawn for each variant (default: as in training).", valueName: "policy"),
    completion: .setting("augment"))
  var ttaAugment: String?

  @Option(help: ArgumentHelp("What the variants follow from (default: 1).", valueName: "n"))
  var ttaSeed: UInt64?
}
