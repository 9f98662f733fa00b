import ArgumentParser
import MillraceModels
import MillraceReports
import MillraceTraining
import MillraceWorkshop

struct Tune: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "tune",
    abstract: "Look for better settings than the automatic choice, within a budget.",
    usage: "millrace tune DATA --time TIME [options]\nmillrace tune --resume TUNING [options]",
    discussion: """
      Candidates around the automatic choice are trained for a while, the better half goes on, and so forth; a flag of \
      train that is given stays as it is. The best is compared with the automatic choice on images that nobody was chosen \
      by, and wins only where it takes more of them right than chance explains. Then the winner is trained: that takes as \
      long as it needs and at most half of the budget, and the search takes the rest.

      From DATA comes a folder: tune.csv, a report with every candidate's curve, best.yaml for train --config, and in \
      final/ the winner's run. Where only a few images would be held back to judge by, the search holds back more, up to a \
      third.

      With --time the clock decides how far the search comes. With --steps the same seed gives the same result, bit for \
      bit, with any number of threads.

      Examples:
        millrace tune photos --time 20m
        millrace tune photos --time 20m --include mirror,strength,lr
        millrace tune photos --time 1h --fix hidden --hidden 512
        millrace tune photos --steps 20000 --only-search
        millrace tune --resume tunings/1
        millrace tune photos --lr-range

      Next: millrace evaluate tunings/1/final TESTDATA
      """)

  @OptionGroup(title: "Budget and search") var tuning: TuneOptions
  @OptionGroup var settings: RunOptions
  @OptionGroup(title: "Output") var output: TuningOutputOptions
  @OptionGroup(title: "Output") var progress: ProgressOptions
  @OptionGroup(title: "Output") var format: JSONOption

  func validate() throws {
    guard !tuning.lrRange, output.resume == nil, !tuning.isBudgetGiven else { return }
    throw ValidationError("--time or --steps is missing: say how long the search may take, as in --time 20m")
  }

  func run() throws {
    try RankSession.requireOneProcess("tune")
    if tuning.lrRange { return try measureRange() }
    let watch = InterruptionWatch()
    let search = try tuningRun()
    let reporter = TuningReporter(progress.detail, folder: search.folder, notices: search.notices)
    do {
      let record = try search.search(
        observers: [reporter, TuningReportWriter(search.folder), watch])
      reporter.close()
      let final = try search.finalRun()
      let text = TuningText(record, in: search.folder).lines(isTrained: final != nil)
      guard let final else {
        return try format.show(TuningResult(record, in: search.folder, final: nil)) { _ in text }
      }
      if !format.json { try StandardOutput.write(lines: text + [""]) }
      let trained = try Train.train(final, progress.detail, watch)
      try format.show(TuningResult(record, in: search.folder, final: trained.result)) { _ in trained.lines }
    } catch var error as Interruption {
      reporter.close()
      error.saved =
        search.record == nil ? nil : "millrace tune --resume \(shellQuoted(search.folder.path))"
      throw error
    } catch {
      reporter.close()
      throw error
    }
  }

  private func tuningRun() throws -> TuningRun {
    guard let resume = output.resume else {
      return try TuningRun(
        try settings.configuration(idle: .none), try tuning.options(), output: output.place, name: output.name
      )
    }
    for (flag, isGiven) in [
      ("config", settings.file.config != nil), ("output", output.output != nil), ("name", output.name != nil),
      ("time", tuning.time != nil), ("steps", tuning.steps != nil), ("include", tuning.include != nil),
      ("fix", tuning.fix != nil), ("only-search", tuning.onlySearch),
    ] where isGiven {
      throw ConfigurationError(
        setting: flag,
        problem: "cannot be combined with --resume, which takes all from the search's folder; leave it out")
    }
    do {
      return try TuningRun(resuming: resume) { $0 = try $0.applying(settings.groups) }
    } catch TuningError.finished(let path) {
      if format.json { try StandardOutput.write(json: FinishedTuning(path)) }
      throw TuningError.finished(path: path)
    }
  }

  private func measureRange() throws {
    if output.resume != nil {
      throw ConfigurationError(setting: "resume", problem: "cannot be combined with --lr-range; leave it out")
    }
    let watch = InterruptionWatch()
    let configuration = try settings.configuration(idle: .range)
    var test = LearningRateRange()
    if let steps = tuning.steps { test.steps = steps }
    let data = try TrainingData(configuration)
    try requireOutside(output.place, of: data, configuration)
    let line = CountLine("tested", "steps")
    defer { line.close() }
    let curve = try test.run(configuration) { steps in
      try watch.throwIfInterrupted()
      if progress.detail != .quiet, steps > 0 { line.show(steps, of: test.steps) }
    }
    line.close()
    let folder = try TuningFolder.create(in: output.place, name: output.name)
    try LearningRateReport.write(curve, of: configuration.data, to: folder)
    try format.show(LearningRateResult(curve, in: folder)) { _ in LearningRateText(curve).lines(in: folder) }
  }
}
