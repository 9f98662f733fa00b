import ArgumentParser
import Millrace

/// How a model is run over images.
struct InferenceFlags: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Average over n augmented variants of each image (test-time augmentation).", valueName: "n"))
  var tta: Int?

  @Option(
    help: ArgumentHelp("What is drawn for each variant (default: as in training).", valueName: "policy"))
  var ttaAugment: String?

  @Option(help: ArgumentHelp("What the variants follow from.", valueName: "n"))
  var ttaSeed: UInt64 = 1

  @OptionGroup(title: "Limits of image files") var reading: ReadingFlags
  @OptionGroup(title: "Threads (no effect on the result)") var execution: ExecutionFlags

  func validate() throws {
    if tta == nil && ttaAugment != nil { throw ValidationError("--tta-augment has no effect without --tta") }
  }

  /// The library's form.
  ///
  /// - Parameter model: Whose training says what is drawn where no flag does.
  func options(for model: Model) throws -> InferenceOptions {
    var options = InferenceOptions()
    options.reading = try reading.options()
    options.execution = try execution.options()
    if let tta {
      let policy = try ttaAugment.map { try AugmentationPolicy(parsing: $0) } ?? model.trainingPolicy
      options.testTimeAugmentation = TestTimeAugmentation(passes: tta, policy: policy, seed: ttaSeed)
    }
    return options
  }
}
