import ArgumentParser
import MillraceModels
import MillraceReports
import MillraceTraining

struct Train: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "train",
    abstract: "Train a classifier on a folder of images.",
    usage: "millrace train DATA [options]\nmillrace train --resume RUN [options]",
    discussion: """
      From DATA comes a run folder: configuration, metrics, checkpoints, a report to watch in a browser, and the model with \
      the best validation accuracy. \
      The same seed gives the same model, bit for bit, with any number of threads.

      A run that was interrupted, or killed, goes on to the same result with --resume; of one that is finished a note \
      says so, and the exit code is 0.

      With --ensemble several networks of different seeds become one model, whose outputs are averaged. With --folds \
      the images are divided into parts, each network leaves another part out, and out-of-fold.csv says what it makes of \
      each image of that part, the most suspect label first.

      On the way, 'waiting 3 %' says that training stood still for 3 % of the time because no images were ready: where \
      it is much, loading is what limits the speed, and a packed file may help.

      Examples:
        millrace train photos
        millrace train photos --epochs 30 --augment none
        millrace train --config runs/1/config.yaml --seed 2
        millrace train photos --optimizer adam --print-config > run.yaml
        millrace train photos --time 10m
        millrace train photos --ensemble 5
        millrace train photos --folds 5
        millrace train --resume runs/1

      Next: millrace evaluate runs/1 TESTDATA
      """)

  @OptionGroup(title: "Data") var data: DataOptions
  @OptionGroup(title: "Data") var test: TestFlags
  @OptionGroup(title: "Images") var images: ImageOptions
  @OptionGroup(title: "Network") var network: NetworkOptions
  @OptionGroup(title: "Optimisation") var optimizer: OptimizerOptions
  @OptionGroup(title: "Optimisation") var time: TimeOption
  @OptionGroup(title: "Regularisation") var regularization: RegularizationFlags
  @OptionGroup(title: "Minibatches") var minibatches: MinibatchOptions
  @OptionGroup(title: "Minibatches") var seed: SeedOption
  @OptionGroup(title: "Several networks in one model") var ensemble: EnsembleOptions
  @OptionGroup(title: "Limits of image files") var reading: ReadingFlags
  @OptionGroup(title: "Bad files") var badFiles: BadFileFlags
  @OptionGroup(title: "Threads and memory (no effect on the result)") var execution: ExecutionFlags
  @OptionGroup(title: "Threads and memory (no effect on the result)") var cache: CacheOption
  @OptionGroup(title: "Checkpoints (no effect on the result)") var checkpoints: CheckpointFlags
  @OptionGroup(title: "Configuration file") var file: ConfigurationOptions
  @OptionGroup(title: "Configuration file") var listing: ListingOption
  @OptionGroup(title: "Output") var output: RunOutputOptions
  @OptionGroup(title: "Output") var progress: ProgressOptions
  @OptionGroup(title: "Output") var format: JSONOption

  func validate() throws {
    for (flag, isGiven) in [
      ("--epochs", optimizer.epochs != nil), ("--resume", output.resume != nil),
      ("--print-config", listing.printConfig),
    ] where isGiven && time.time != nil {
      throw ValidationError(
        "--time decides how many epochs there are and cannot be combined with \(flag): choose one")
    }
  }

  func run() throws {
    let settings: [any SettingOptions] = [
      data, test, images, network, optimizer, regularization, minibatches, seed, ensemble, reading, badFiles,
      execution, cache, checkpoints,
    ]
    if listing.printConfig { return try listing.show(file.layers(settings), resuming: output.resume, format) }
    try RankSession.run { try train(settings, ranks: $0) }
  }

  private func train(_ settings: [any SettingOptions], ranks: Ranks) throws {
    let watch = InterruptionWatch(ranks)
    let training: RunOutputOptions.Training
    do {
      training = try output.training(file, settings, ranks: ranks) {
        try time.fitted($0, output: output.place, ranks: ranks, detail: progress.detail, watch: watch)
      }
    } catch ResumeError.finished(let path, let model, let canGoOn) {
      if format.json, ranks.isFirst {
        try StandardOutput.write(json: FinishedRun(path, model: model))
      }
      throw ResumeError.finished(path: path, model: model, canGoOn: canGoOn)
    }
    switch training {
    case .run(let run): try train(run, watch: watch, ranks: ranks)
    case .ensemble(let run): try train(run, watch: watch, ranks: ranks)
    }
  }

  private func train(_ run: TrainingRun, watch: InterruptionWatch, ranks: Ranks) throws {
    guard ranks.isFirst else {
      _ = try run.train(observers: [watch])
      return
    }
    let trained = try Self.train(run, progress.detail, watch)
    try format.show(trained.result) { _ in trained.lines }
  }

  /// How a run ended.
  struct Trained {
    let summary: TrainingSummary
    /// Where its report lies.
    let report: String?
    /// What its curves say.
    let advice: Advice?
    /// What may be done with its model.
    let next: NextStep?

    var result: TrainingResult { TrainingResult(summary, report: report) }
    var lines: [String] { SummaryText(summary, report: report, advice: advice, next: next).lines }
  }

  /// Trains a run with everything that watches it.
  static func train(_ run: TrainingRun, _ detail: ProgressReporter.Detail, _ watch: InterruptionWatch) throws
    -> Trained
  {
    let reporter = ProgressReporter(detail)
    defer { reporter.close() }
    let report = ReportWriter()
    defer { report.close() }
    do {
      // The watch comes last: whoever else takes an event has taken it when the run is stopped.
      let summary = try run.train(
        observers: [reporter, MetricsCSV(), BadFilesCSV(), TensorBoardLog(), report, watch])
      return Trained(
        summary: summary, report: report.path, advice: report.advice, next: NextStep(after: run))
    } catch var error as Interruption {
      error.saved = run.folder.flatMap {
        $0.hasCheckpoint ? "millrace train --resume \(shellQuoted($0.path))" : nil
      }
      throw error
    }
  }
}
