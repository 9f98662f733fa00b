import ArgumentParser
import MillraceModels
import MillraceReports
import MillraceTraining

/// How long a training may take.
struct TimeOption: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Train for as many epochs as fit into 30s, 10m or 1h here; the speed is measured first.",
      valueName: "time"))
  var time: String?

  /// The configuration with as many epochs as fit, where a time is given.
  ///
  /// - Parameters:
  ///   - configuration: What is to be trained.
  ///   - output: The folder of all runs.
  ///   - ranks: The processes that train together.
  ///   - detail: How much is shown on the way.
  ///   - watch: Ends the measurement where somebody presses Ctrl-C.
  func fitted(
    _ configuration: TrainingConfiguration, output: String, ranks: Ranks, detail: ProgressReporter.Detail,
    watch: InterruptionWatch
  ) throws -> TrainingConfiguration {
    guard let time else { return configuration }
    guard ranks.isAlone else {
      throw ConfigurationError(
        setting: "time",
        problem: "cannot be combined with several ranks, of which one alone cannot tell the speed; set epochs"
      )
    }
    let span = try TimeSpan(parsing: time, setting: "time")
    func tell(_ line: String) {
      if detail != .quiet { Terminal.standardError().write("\(line)\n") }
    }
    tell("time        measuring how long an epoch takes here")
    let report = ReportWriter()
    defer { report.close() }
    let observers: [any TrainingObserver] = [MetricsCSV(), BadFilesCSV(), TensorBoardLog(), report, watch]
    let fitted = try FittedEpochs(configuration, in: span, output: output) { event in
      for observer in observers { try observer.receive(event) }
    }
    tell("time        \(fitted)")
    return fitted.configuration
  }
}
