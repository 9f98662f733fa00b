import ArgumentParser
import MillraceModels
import MillraceTraining

/// Where a run's folder goes, or which one is gone on with.
struct RunOutputOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp("The folder of all runs (default: \(Self.standard)).", valueName: "dir"),
    completion: .directory)
  var output: String?

  @Option(help: ArgumentHelp("The run's name in that folder (default: the next number).", valueName: "name"))
  var name: String?

  @Option(
    help: ArgumentHelp(
      "Go on with an interrupted run, such as runs/1: DATA and settings are those it began with.",
      valueName: "run"),
    completion: .directory)
  var resume: String?

  private static let standard = "runs"

  /// The folder of all runs.
  var place: String { output ?? Self.standard }

  /// What train carries out.
  enum Training {
    /// A run of one network.
    case run(TrainingRun)
    /// Runs of several, which become one model.
    case ensemble(EnsembleRun)
  }

  /// What the options mean.
  ///
  /// - Parameters:
  ///   - file: The configuration file.
  ///   - groups: The flags that are settings.
  ///   - ranks: The processes that train together.
  ///   - fit: Changes the configuration of a new run once all flags are read.
  func training(
    _ file: ConfigurationOptions, _ groups: [any SettingOptions], ranks: Ranks,
    fit: (TrainingConfiguration) throws -> TrainingConfiguration = { $0 }
  ) throws -> Training {
    guard let resume else {
      let given = try ranks.together { try file.configuration(groups) }
      let configuration = try fit(given)
      let output = place
      return configuration.isEnsemble
        ? .ensemble(try EnsembleRun(configuration, output: output, name: name, ranks: ranks))
        : .run(try TrainingRun(configuration, output: output, name: name, ranks: ranks))
    }
    try ranks.together(requireNothingBesideResume)
    func requireNothingBesideResume() throws {
      for (key, value) in [("config", file.config), ("output", output), ("name", name)] where value != nil {
        throw ConfigurationError(
          setting: key,
          problem: "cannot be combined with --resume, which takes all from the run's folder; leave it out"
        )
      }
    }
    func change(_ configuration: inout TrainingConfiguration) throws {
      configuration = try configuration.applying(groups)
    }
    return EnsembleRun.isEnsemble(resume)
      ? .ensemble(try EnsembleRun(resuming: resume, changing: change, ranks: ranks))
      : .run(try TrainingRun(resuming: resume, changing: change, ranks: ranks))
  }
}
