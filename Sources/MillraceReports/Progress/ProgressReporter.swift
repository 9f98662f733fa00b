import MillraceModels
import MillracePipeline
import MillraceThreads
public import MillraceTraining

/// Shows a run to the person who started it.
///
/// In a terminal one line is redrawn while an epoch goes on, and its figures remain when the epoch is done.
/// Elsewhere each epoch is one plain line, without control characters.
public final class ProgressReporter: TrainingObserver {
  /// How much is shown.
  public enum Detail: Sendable {
    /// Nothing is shown.
    case quiet
    /// The start, each epoch, notices, and the first few files that could not be used.
    case normal
    /// In addition, every such file, each checkpoint and the whole configuration.
    case verbose
  }

  /// The number of unusable files that are named before the rest is only counted.
  private static let filesNamed = 3
  /// A run that takes fewer seconds is over before anybody asks how long it takes.
  private static let noticeableDuration = 60.0
  /// After this many seconds of the first epoch, the reporter says how long the whole run will take.
  private static let patience = 5.0
  /// The least time between two redraws, in seconds: as often as an eye can follow.
  private static let redrawInterval = 0.1

  /// The place of the shown run among several.
  struct Place {
    /// The name of the run, in few columns.
    let name: String
    /// The number of runs that follow.
    let follow: Int
    let seed: UInt64
    /// Whether no run was shown before.
    let isFirst: Bool
  }

  /// The place of the shown run among several; nil for a run by itself.
  var place: Place?
  /// The notices that were shown before: several runs on the same images give the same ones.
  private var notices: Set<String> = []

  private let terminal: Terminal
  private let detail: Detail
  private var hasOpenLine = false
  private var drawnEpoch = -1
  private var drawnAt = 0.0
  private var skipped: Set<String> = []
  /// When the first epoch began; nil where its beginning was not seen.
  private var began: UInt64?
  /// Whether an epoch is kept because it is the best one, which is then mentioned.
  private var choosesEpoch = true
  /// The number of epochs of a refit that is still to come.
  private var refitEpochs = 0
  /// The number of epochs of a run from its beginning, including a refit.
  private var epochsOfEach = 0
  private var lastEpoch = -1

  /// Shows a run.
  ///
  /// - Parameters:
  ///   - detail: How much is shown.
  ///   - terminal: Where it is shown; by default on standard error.
  public init(_ detail: Detail = .normal, on terminal: Terminal = .standardError()) {
    self.detail = detail
    self.terminal = terminal
  }

  /// Shows an event.
  public func receive(_ event: TrainingEvent) {
    if detail == .quiet { return }
    switch event {
    case .started(let start): showStart(start)
    case .notice(let text): if notices.insert(text).inserted { show("note: \(text.printable)") }
    case .stepFinished(let report):
      showDuration(amid: report)
      redraw(report)
    case .fileSkipped(let sample): count(sample)
    case .epochFinished(let report):
      var report = report
      report.isBest = report.isBest && choosesEpoch
      show(line(interactive: false).epoch(report))
      showDuration(after: report)
    case .checkpointSaved(let path): if detail == .verbose { show("saved \(path.printable)") }
    case .measuring, .samplesDrawn, .validating, .decodedWithWarnings, .epochExamined: break
    case .finished: close()
    }
  }

  /// Removes the line that is being redrawn, so that something else can be written. It may be called at any time.
  public func close() {
    if hasOpenLine { terminal.write("\r\u{1B}[K") }
    hasOpenLine = false
  }

  /// Shows a line.
  func tell(_ line: String) { if detail != .quiet { show(line) } }

  private func show(_ line: String) {
    close()
    terminal.write(line + "\n")
  }

  private func line(interactive: Bool) -> ProgressLine {
    // The last column stays free while a line is redrawn: some terminals wrap as soon as it is filled.
    ProgressLine(
      columns: terminal.columns().map { interactive ? $0 - 1 : $0 }, usesUnicode: terminal.usesUnicode,
      usesColor: terminal.usesColor, label: place?.name)
  }

  private func redraw(_ report: StepReport) {
    guard terminal.isInteractive else { return }
    let epoch = report.epoch
    let isDue =
      epoch.epoch != drawnEpoch || report.step == report.stepsPerEpoch
      || epoch.seconds - drawnAt >= Self.redrawInterval
    guard isDue else { return }
    drawnEpoch = epoch.epoch
    drawnAt = epoch.seconds
    // A refit counts its epochs from the beginning.
    if epoch.epoch < lastEpoch { refitEpochs = 0 }
    lastEpoch = epoch.epoch
    let epochsLeft = epoch.epochs - epoch.epoch - 1 + refitEpochs + (place?.follow ?? 0) * epochsOfEach
    let stepsLeft = report.stepsPerEpoch - report.step + epochsLeft * report.stepsPerEpoch
    let secondsLeft = epoch.seconds / Double(max(1, report.step)) * Double(stepsLeft)
    terminal.write("\r" + line(interactive: true).step(report, secondsLeft: secondsLeft) + "\u{1B}[K")
    hasOpenLine = true
  }

  private func count(_ sample: SkippedSample) {
    guard skipped.insert(sample.path).inserted else { return }
    if detail == .verbose || skipped.count <= Self.filesNamed {
      show("skipped \(sample.path.printable): \(sample.reason.printable)")
    } else if skipped.count == Self.filesNamed + 1 {
      show("skipped more files; bad-files.csv in the run folder lists all of them")
    }
  }

  /// Says how long the run takes when its first epoch is over.
  private func showDuration(after report: EpochReport) {
    guard report.epoch == 0, let began else { return }
    showDuration(ofEpoch: Double(MonotonicClock.now() - began) * 1e-9)
  }

  /// Says during the first epoch, where that is long, how long the run takes.
  private func showDuration(amid report: StepReport) {
    guard report.epoch.epoch == 0, report.epoch.seconds >= Self.patience, report.step > 0 else { return }
    showDuration(
      ofEpoch: report.epoch.seconds / Double(report.step) * Double(report.stepsPerEpoch))
  }

  /// Says once how long the run takes, from the seconds of an epoch.
  private func showDuration(ofEpoch seconds: Double) {
    guard place?.isFirst ?? true, began != nil else { return }
    // A refit has a first epoch, too.
    began = nil
    let total = seconds * Double(epochsOfEach * ((place?.follow ?? 0) + 1))
    if total >= Self.noticeableDuration { show("about \(Int((total / 60).rounded(.up))) min in all") }
  }

  private func showStart(_ start: TrainingStart) {
    if start.firstEpoch == 0, start.firstMinibatch == 0 { began = MonotonicClock.now() }
    let configuration = start.configuration
    let optimization = configuration.optimization
    choosesEpoch = optimization.earlyStopping.metric != .last
    let isRefitting = start.epochsTold > start.firstEpoch
    refitEpochs = optimization.refits && start.validationCount > 0 && !isRefitting ? optimization.epochs : 0
    lastEpoch = -1
    epochsOfEach = optimization.epochs * (optimization.refits && start.validationCount > 0 ? 2 : 1)
    let isResumed = start.firstEpoch > 0 || start.firstMinibatch > 0
    let resumedAt = "epoch \(start.firstEpoch + 1), step \(start.firstMinibatch + 1)"
    if let place {
      show("\(place.name): seed \(place.seed)\(isResumed ? ", resumes at \(resumedAt)" : "")")
      if !place.isFirst { return }
    }
    let validation =
      start.validationCount > 0
      ? Figures.count(start.validationCount, "image") : "none: the last epoch's weights are kept"
    var entries = [
      ("data", configuration.data.printable),
      (
        "images",
        "\(Figures.count(start.trainingCount)) in \(Figures.count(start.classes.count, "class", "classes"))"
      ),
      ("validation", validation),
      (
        "network",
        "\(Figures.network(start.network)), \(Figures.count(start.parameterCount, "parameter"))"
      ),
      (
        "epochs",
        Figures.count(optimization.epochs)
          + (optimization.refits && start.validationCount > 0
            ? ", and once more on training and validation images together" : "")
      ),
      (
        "steps",
        "\(Figures.count(start.stepsPerEpoch)) an epoch of up to "
          + Figures.count(configuration.optimization.cut(of: start.trainingCount).capacity, "image")
      ),
    ]
    let chosen = configuration.resolvedSettings.count { $0.reason != nil }
    if chosen > 0, let folder = start.folder {
      let file = RunFolder(path: folder).configuration.printable
      entries.append(("chosen", "\(Figures.count(chosen, "setting")); \(file) says which and why"))
    }
    if let folder = start.folder { entries.append(("run folder", folder.printable)) }
    if isResumed { entries.append(("resumes at", resumedAt)) }
    if detail == .verbose {
      let execution = configuration.execution
      entries += [
        (
          "workers",
          "\(execution.resolvedWorkers), \(configuration.optimization.resolvedShards) shards a minibatch"
        ),
        ("loaders", "\(execution.resolvedLoaders), \(execution.queue) minibatches in the queue"),
        ("augment", configuration.augment.description),
        ("seed", String(configuration.seed)),
      ]
    }
    for line in namedLines(entries) { show(line) }
  }
}
