import ArgumentParser
import MillraceImages
import MillraceModels

/// How a model is run over images.
struct InferenceFlags: ParsableArguments {
  @OptionGroup(title: "Test-time augmentation") var variants: TestTimeOptions
  @OptionGroup(title: "Arithmetic") var arithmetic: ArithmeticFlags
  @OptionGroup(title: "Limits of image files") var reading: ReadingFlags
  @OptionGroup(title: "Threads and memory (no effect on the result)") var execution: ExecutionFlags
  @OptionGroup(title: "Threads and memory (no effect on the result)") var cache: CacheOption

  func validate() throws {
    for (flag, isGiven) in [
      ("--tta-augment", variants.ttaAugment != nil), ("--tta-seed", variants.ttaSeed != nil),
      ("--cache", cache.cache != nil),
    ]
    where isGiven && variants.tta == nil {
      throw ValidationError("\(flag) has no effect without --tta; add it, or leave this out")
    }
  }

  /// The library's form.
  ///
  /// - Parameter model: Whose training says what is drawn where no flag does.
  func options(for model: Model) throws -> InferenceOptions {
    var options = InferenceOptions()
    options.reading = try reading.options()
    options.execution = try execution.options()
    options.execution.cache = try cache.limit()
    options.precision = arithmetic.float32 ? .float32 : nil
    if let tta = variants.tta {
      let policy = try variants.ttaAugment.map { try AugmentationPolicy(parsing: $0) } ?? model.trainingPolicy
      guard !policy.isNone else {
        throw ConfigurationError(
          setting: "--tta",
          problem: "has no effect where nothing is drawn; say what with --tta-augment, or leave it out")
      }
      options.testTimeAugmentation = TestTimeAugmentation(
        passes: tta, policy: policy, seed: variants.ttaSeed ?? 1)
    }
    return options
  }
}
