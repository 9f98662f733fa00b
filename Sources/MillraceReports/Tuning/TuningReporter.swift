import MillraceNetwork
import MillracePipeline
import MillraceThreads
import MillraceTraining
public import MillraceWorkshop

/// Shows a search to the person who started it.
///
/// In a terminal the table of all candidates is redrawn while the search goes on. Elsewhere each candidate that was
/// judged is one plain line, without control characters.
public final class TuningReporter: TuningObserver {
  /// The least time between two redraws, in nanoseconds: as often as an eye can follow.
  private static let redrawInterval: UInt64 = 100_000_000

  private let terminal: Terminal
  private let detail: ProgressReporter.Detail
  private let folder: TuningFolder
  private var notices: [String]
  private var record: TuningRecord?
  /// The number of lines of the table that is being redrawn.
  private var openLines = 0
  private var drawnAt: UInt64 = 0
  private var began: UInt64 = 0
  /// The number of epochs that were trained since this process began, and in the training under way.
  private var epochs = (done: 0, ofJob: 0)
  private var skipped: Set<String> = []

  /// Shows a search.
  ///
  /// - Parameters:
  ///   - detail: How much is shown.
  ///   - folder: The folder of the search.
  ///   - notices: Notices for people before the start.
  ///   - terminal: Where it is shown; by default on standard error.
  public init(
    _ detail: ProgressReporter.Detail = .normal, folder: TuningFolder, notices: [String] = [],
    on terminal: Terminal = .standardError()
  ) {
    (self.detail, self.folder, self.notices, self.terminal) = (detail, folder, notices, terminal)
  }

  /// Shows an event.
  public func receive(_ event: TuningEvent) {
    if detail == .quiet { return }
    switch event {
    case .measuring(let event): measuring(event)
    case .started(let record): start(record)
    case .jobStarted(let job, let record):
      self.record = record
      epochs.ofJob = 0
      redraw(status(of: job, nil), always: true)
    case .training(let job, let event): training(job, event)
    case .judged(let job, let record): judged(job, record)
    case .finished: close()
    }
  }

  /// Removes what is being redrawn, except the table itself. It may be called at any time.
  public func close() {
    guard openLines > 0 else { return }
    rewind()
    guard let record else { return }
    for line in table(of: record) { terminal.write(line + "\n") }
  }

  // MARK: Events

  private func measuring(_ event: TrainingEvent) {
    if case .fileSkipped(let sample) = event { skipped.insert(sample.path) }
    if case .started = event, terminal.isInteractive {
      rewind()
      terminal.write(
        record == nil ? "measuring the speed of the automatic choice" : "measuring the speed of the winner")
      openLines = 1
    }
  }

  private func start(_ record: TuningRecord) {
    rewind()
    self.record = record
    began = MonotonicClock.now()
    let held = record.validationFraction.map { " (\(Figures.percent($0)) held back)" } ?? ""
    var entries = [
      ("plan", TuningFigures(record: record).plan), ("tuning", folder.path.printable),
      ("moves", record.axes.joined(separator: ", ")),
      (
        "images",
        "\(Figures.count(record.trainingImages.count)) to train on, "
          + "\(Figures.count(record.validationImages.count)) to judge by\(held)"
      ),
      ("steps", Figures.count(record.plan.steps)), ("chance", TuningFigures(record: record).resolution),
    ]
    if !record.state.results.isEmpty {
      entries.append(("resumes after", Figures.count(record.state.results.count, "training")))
    }
    for line in namedLines(entries) { show(line) }
    for notice in notices + [TuningFigures(record: record).shortfall].compactMap({ $0 }) {
      show("note: \(notice.printable)")
    }
    notices = []
  }

  private func training(_ job: HalvingState.Job, _ event: TrainingEvent) {
    switch event {
    case .stepFinished(let report): redraw(status(of: job, report), always: false)
    case .epochFinished: epochs = (epochs.done + 1, epochs.ofJob + 1)
    case .fileSkipped(let sample):
      // Each candidate meets the same files.
      if skipped.insert(sample.path).inserted, skipped.count <= 3 || detail == .verbose {
        show("skipped \(sample.path.printable): \(sample.reason.printable)")
      }
    case .notice(let text): if detail == .verbose { show("note: \(text.printable)") }
    case .checkpointSaved(let path): if detail == .verbose { show("saved \(path.printable)") }
    case .started, .measuring, .samplesDrawn, .validating, .decodedWithWarnings, .epochExamined, .finished:
      break
    }
  }

  private func judged(_ job: HalvingState.Job, _ record: TuningRecord) {
    self.record = record
    if terminal.isInteractive { return redraw("", always: true) }
    let score = record.state.results.last?.score
    let accuracy = score.map { Figures.accuracy(correct: $0.correct, of: $0.count) } ?? "diverged"
    show(
      "\(place(of: job, in: record)), candidate \(job.candidate): \(accuracy) after "
        + "\(Figures.count(record.state.epochs(of: job), "epoch")): "
        + record.candidates[job.candidate].text.printable)
  }

  private func place(of job: HalvingState.Job, in record: TuningRecord) -> String {
    job.fold == 0
      ? "rung \(job.rung + 1) of \(record.state.rungs.count)"
      : "comparison \(job.fold) of \(record.state.folds)"
  }

  // MARK: Drawing

  private func show(_ line: String) {
    rewind()
    terminal.write(line + "\n")
  }

  /// Removes the lines that are being redrawn.
  private func rewind() {
    guard openLines > 0 else { return }
    terminal.write("\r" + (openLines > 1 ? "\u{1B}[\(openLines - 1)A" : "") + "\u{1B}[J")
    openLines = 0
  }

  private func redraw(_ status: String, always: Bool) {
    let now = MonotonicClock.now()
    guard terminal.isInteractive, let record, always || now &- drawnAt >= Self.redrawInterval else { return }
    drawnAt = now
    rewind()
    let lines = table(of: record) + [status.keepingStart(columns: (terminal.columns() ?? 80) - 1)]
    terminal.write(lines.joined(separator: "\n"))
    openLines = lines.count
  }

  /// The candidates that still matter, as far as the window has room for them.
  private func table(of record: TuningRecord) -> [String] {
    let figures = TuningFigures(record: record)
    let rungs = record.state.rungs
    var table = TextTable(
      [.number("")] + rungs.map { .number("\($0.epochs) ep") } + [.text(""), .text("what is different")])
    let room = max(4, (terminal.rows() ?? 24) - 4)
    let order = record.candidates.indices.sorted { a, b in
      let (first, second) = (figures.standing(of: a) == "out", figures.standing(of: b) == "out")
      return first == second ? a < b : second
    }
    for number in order.prefix(room).sorted() {
      table.add(
        [String(number)] + rungs.indices.map { figures.shortAccuracy(of: number, in: $0) ?? "" }
          + [figures.standing(of: number), record.candidates[number].text])
    }
    return table.lines(width: terminal.columns().map { $0 - 1 })
  }

  /// What is going on, and how long the search takes.
  private func status(of job: HalvingState.Job, _ report: StepReport?) -> String {
    guard let record else { return "" }
    let part = report.map { Double($0.step) / Double(max(1, $0.stepsPerEpoch)) } ?? 0
    let (done, ofJob) = (Double(epochs.done) + part, Double(epochs.ofJob) + part)
    let left = max(0, Double(record.state.epochsLeft) - ofJob)
    let trained = Double(record.epochsTrained) + ofJob
    var parts = ["search \(Figures.percent(trained / max(1, trained + left), digits: 0))"]
    if done > 0 {
      let seconds = Double(MonotonicClock.now() - began) * 1e-9
      parts.append("ETA \(Figures.clock(seconds / done * left))")
    }
    parts.append(place(of: job, in: record))
    parts.append("candidate \(job.candidate)")
    if let epoch = report?.epoch {
      parts.append("epoch \(epoch.epoch + 1)/\(record.state.epochs(of: job))")
      parts.append(
        "loss \(Figures.fixed(epoch.training.mean, 3)) acc \(Figures.percent(epoch.training.accuracy))")
    }
    return parts.joined(separator: "  ")
  }
}
