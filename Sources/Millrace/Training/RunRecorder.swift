import MillracePipeline
import MillraceThreads

/// Tells a run's observers what happens, and writes its checkpoints.
final class RunRecorder {
  /// The files that could not be used, each once.
  private(set) var badFiles = BadFileList()
  /// The samples that were decoded with warnings.
  private(set) var warned: Set<Int32> = []
  /// How many epochs the observers were told of.
  private(set) var epochsTold = 0

  private let observers: [any TrainingObserver]
  /// The run's folder; nil where nothing is written.
  let folder: RunFolder?
  private var files: CheckpointFiles?
  private let interval: CheckpointInterval
  private let began = MonotonicClock.now()
  private let secondsBefore: Double
  /// Is asked after each bad file whether what is left will do; the run sets it.
  var checkBadFiles: ((_ bad: SkippedSample, _ count: Int) throws -> Void)?
  /// Makes the checkpoint of this moment, nil on a rank that writes none; the run sets it as soon as there is something
  /// to save. Every rank must make it, since each has a part of it.
  var makeCheckpoint: (() throws -> Checkpoint?)?
  private let ranks: Ranks?
  /// Whether each epoch's end is saved, and the best epoch's model.
  let keepsEpochs: Bool

  private var hasShownSamples = false
  private var stepsUnsaved = 0
  private var savedAt = MonotonicClock.now()

  /// - Parameters:
  ///   - observers: Who is told.
  ///   - files: Where checkpoints go; nil: nowhere.
  ///   - state: Where the run that is resumed stood; nil for a new one.
  ///   - interval: How often an epoch under way is saved.
  ///   - ranks: The processes that train together, which save at the same step; nil: this one alone.
  ///   - keepsEpochs: Whether each epoch's end is saved, and the best epoch's model.
  init(
    _ observers: [any TrainingObserver], files: CheckpointFiles?, resuming state: TrainingState?,
    interval: CheckpointInterval, ranks: Ranks? = nil, keepsEpochs: Bool = true
  ) {
    self.observers = observers
    self.keepsEpochs = keepsEpochs
    self.ranks = ranks
    self.files = files
    folder = files?.folder
    self.interval = interval
    secondsBefore = state?.seconds ?? 0
    epochsTold = state?.epochsTold ?? 0
    for skipped in state?.skipped ?? [] { _ = badFiles.add(skipped) }
    warned = Set(state?.warned ?? [])
    ranks?.isCheckpointDue = { [unowned self] in intervalIsOver(steps: stepsUnsaved + $0) }
  }

  /// Whether there is anybody to tell.
  var hasObservers: Bool { !observers.isEmpty }

  /// Whether the first images are still to be shown: each part of a run has a first minibatch, and one is enough.
  var wantsSamples: Bool { hasObservers && !hasShownSamples }

  /// Seconds that the run has taken, those before a resume included.
  var seconds: Double { secondsBefore + Double(MonotonicClock.now() - began) * 1e-9 }

  /// Tells the observers; a file that could not be used only the first time.
  func tell(_ event: TrainingEvent) throws {
    if case .fileSkipped(let skipped) = event, !badFiles.add(skipped) {
      try checkBadFiles?(skipped, badFiles.all.count)
      return
    }
    if case .stepFinished = event { stepsUnsaved += 1 }
    if case .decodedWithWarnings(let samples) = event { warned.formUnion(samples) }
    if case .samplesDrawn = event { hasShownSamples = true }
    for observer in observers { try observer.receive(event) }
    if case .fileSkipped(let skipped) = event { try checkBadFiles?(skipped, badFiles.all.count) }
    if case .stepFinished = event, ranks?.savesCheckpoint ?? intervalIsOver(steps: stepsUnsaved) {
      try saveCheckpoint()
    }
  }

  private func intervalIsOver(steps: Int) -> Bool {
    interval.isOver(steps: steps, seconds: Double(MonotonicClock.now() - savedAt) * 1e-9)
  }

  /// An epoch is done, and everybody has been told.
  ///
  /// - Parameter best: Its model, where it is the best so far.
  func endEpoch(best: Model?) throws {
    epochsTold += 1
    guard keepsEpochs else { return }
    try saveCheckpoint()
    if let best, let folder {
      try save { try best.save(to: folder.bestCheckpoint) }
      try tell(.checkpointSaved(path: folder.bestCheckpoint))
    }
  }

  /// Saves what was learned since the last checkpoint, if anything was.
  func saveUnsaved() throws {
    if stepsUnsaved > 0 { try saveCheckpoint() }
  }

  /// Lets go of the run, whose closures hold this object in turn.
  func close() {
    makeCheckpoint = nil
    checkBadFiles = nil
    ranks?.isCheckpointDue = { _ in false }
  }

  /// Writes a file of the run; a failure names what is left of the run.
  func save(_ write: () throws -> Void) throws {
    do {
      try write()
    } catch let error as FileError {
      throw CheckpointError(cause: error, folder: folder.flatMap { $0.hasCheckpoint ? $0.path : nil })
    }
  }

  private func saveCheckpoint() throws {
    guard let makeCheckpoint else { return }
    let checkpoint = try makeCheckpoint()
    defer { (stepsUnsaved, savedAt) = (0, MonotonicClock.now()) }
    guard let folder, let checkpoint else { return }
    try save { try files?.save(checkpoint) }
    try tell(.checkpointSaved(path: folder.lastCheckpoint))
  }
}
