import ArgumentParser
import MillraceTraining

/// The flags of train that say what is loaded and what is computed: for commands that measure or show a run.
struct RunOptions: ParsableArguments {
  @OptionGroup(title: "Data") var data: DataOptions
  @OptionGroup(title: "Images") var images: ImageOptions
  @OptionGroup(title: "Network") var network: NetworkOptions
  @OptionGroup(title: "Optimisation") var optimizer: OptimizerOptions
  @OptionGroup(title: "Regularisation") var regularization: RegularizationFlags
  @OptionGroup(title: "Minibatches") var minibatches: MinibatchOptions
  @OptionGroup(title: "Minibatches") var seed: SeedOption
  @OptionGroup(title: "Several networks in one model") var ensemble: EnsembleOptions
  @OptionGroup(title: "Limits of image files") var reading: ReadingFlags
  @OptionGroup(title: "Bad files") var badFiles: BadFileFlags
  @OptionGroup(title: "Threads and memory") var execution: ExecutionFlags
  @OptionGroup(title: "Threads and memory") var cache: CacheOption
  // Accepted so that a train command can be turned into another by its first words.
  @OptionGroup(visibility: .hidden) var checkpoints: CheckpointFlags
  @OptionGroup(visibility: .hidden) var test: TestFlags
  @OptionGroup(title: "Configuration file") var file: ConfigurationOptions

  /// The configuration that the file and the flags make together.
  ///
  /// - Parameters:
  ///   - idle: Settings that do nothing in the command.
  ///   - needsData: Whether a folder of images must be named.
  ///   - note: Is told of the settings that were given and do nothing.
  func configuration(
    idle: IdleSettings, needsData: Bool = true, note: (String) -> Void = Failure.note
  ) throws -> TrainingConfiguration {
    try file.configuration(groups, needsData: needsData, idle: idle, note: note)
  }

  /// The flags that are settings.
  var groups: [any SettingOptions] {
    [
      data, images, network, optimizer, regularization, minibatches, seed, ensemble, reading, badFiles,
      execution, cache, checkpoints, test,
    ]
  }
}
