import ArgumentParser
import Millrace

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

  /// The run that the options mean.
  ///
  /// - Parameters:
  ///   - file: The configuration file.
  ///   - groups: The flags that are settings.
  ///   - ranks: The processes that train together; nil: this one alone.
  func run(
    _ file: ConfigurationOptions, _ groups: [any SettingOptions], ranks: Ranks? = nil
  ) throws -> TrainingRun {
    guard let resume else {
      let configuration = try ranks?.together { try file.configuration(groups) } ?? file.configuration(groups)
      return try TrainingRun(configuration, output: output ?? Self.standard, name: name, ranks: ranks)
    }
    try ranks.map { try $0.together(requireNothingBesideResume) } ?? requireNothingBesideResume()
    func requireNothingBesideResume() throws {
      for (key, value) in [("config", file.config), ("output", output), ("name", name)] where value != nil {
        throw ConfigurationError(
          setting: key, problem: "goes not with --resume, which takes all from the run's folder; leave it out"
        )
      }
    }
    return try TrainingRun(resuming: resume, changing: { $0 = try $0.applying(groups) }, ranks: ranks)
  }
}
