package import MillraceModels
import MillracePipeline
import MillraceThreads

/// Notifies a run's observers of what happens, and writes its checkpoints.
package final class RunRecorder {
  /// The files that could not be used, each once.
  private(set) var badFiles = BadFileList()
  /// The samples that were decoded with warnings.
  private(set) var warned: Set<Int32> = []
  /// The number of epochs of which the observers were notified.
  private(set) var epochsTold = 0

  private let observers: [any TrainingObserver]
  /// The run's folder; nil where nothing is written.
  package let folder: RunFolder?
  private var files: CheckpointFiles?
  /// Says when the epoch under way is saved.
  package let timer: CheckpointTimer
  private let began = MonotonicClock.now()
  private let secondsBefore: Double
  /// Says after each bad file whether enough images are left.
  private let rule: BadFileRule
  private let ranks: Ranks
  /// Whether each epoch's end is saved, and the best epoch's model.
  let keepsEpochs: Bool

  private var hasShownSamples = false

  /// - Parameters:
  ///   - observers: The observers of the run.
  ///   - files: The files of checkpoints; nil where none are written.
  ///   - state: The state of the run that is resumed; nil for a new one.
  ///   - interval: How often an epoch under way is saved.
  ///   - rule: Says after each bad file whether enough images are left.
  ///   - ranks: The processes that train together, which save at the same step.
  ///   - keepsEpochs: Whether each epoch's end is saved, and the best epoch's model.
  package init(
    _ observers: [any TrainingObserver], files: CheckpointFiles?, resuming state: TrainingState?,
    interval: CheckpointInterval, rule: BadFileRule, ranks: Ranks, keepsEpochs: Bool = true
  ) {
    self.observers = observers
    self.keepsEpochs = keepsEpochs
    self.ranks = ranks
    self.files = files
    folder = files?.folder
    timer = CheckpointTimer(interval)
    self.rule = rule
    secondsBefore = state?.seconds ?? 0
    epochsTold = state?.epochsTold ?? 0
    for skipped in state?.skipped ?? [] { _ = badFiles.add(skipped) }
    warned = Set(state?.warned ?? [])
  }

  /// Whether there are observers.
  var hasObservers: Bool { !observers.isEmpty }

  /// Whether the first images are still to be shown: each part of a run has a first minibatch, and one of
  /// them is enough.
  var wantsSamples: Bool { hasObservers && !hasShownSamples }

  /// The seconds that the run has taken, including those before a resume.
  package var seconds: Double { secondsBefore + Double(MonotonicClock.now() - began) * 1e-9 }

  /// Notifies the observers of an event; of a file that could not be used only the first time.
  package func tell(_ event: TrainingEvent) throws {
    if case .fileSkipped(let skipped) = event, !badFiles.add(skipped) {
      try rule.check(skipped, count: badFiles.all.count)
      return
    }
    if case .stepFinished = event { timer.countStep() }
    if case .decodedWithWarnings(let samples) = event { warned.formUnion(samples) }
    if case .samplesDrawn = event { hasShownSamples = true }
    for observer in observers { try observer.receive(event) }
    if case .fileSkipped(let skipped) = event { try rule.check(skipped, count: badFiles.all.count) }
  }

  /// Whether all ranks save a checkpoint after the step of which the observers were notified.
  var isCheckpointDue: Bool { ranks.isAlone ? timer.isDue() : ranks.roll.savesCheckpoint }

  /// Ends an epoch of which all observers were notified.
  ///
  /// - Parameters:
  ///   - best: The epoch's model, where it is the best so far.
  ///   - checkpoint: Makes the checkpoint of this moment.
  func endEpoch(best: Model?, checkpoint: () throws -> Checkpoint?) throws {
    epochsTold += 1
    guard keepsEpochs else { return }
    try save(checkpoint)
    if let best, let folder {
      try save { try best.save(to: folder.bestCheckpoint) }
      try tell(.checkpointSaved(path: folder.bestCheckpoint))
    }
  }

  /// Writes a file of the run; the error of a failure names what is left of the run.
  package func save(_ write: () throws -> Void) throws {
    do {
      try write()
    } catch let error as FileError {
      throw CheckpointError(cause: error, folder: folder.flatMap { $0.hasCheckpoint ? $0.path : nil })
    }
  }

  /// Writes a checkpoint.
  ///
  /// - Parameter make: Makes the checkpoint, and nil on a rank that writes none. Every rank must call it,
  ///   since each has a part of the checkpoint.
  package func save(_ make: () throws -> Checkpoint?) throws {
    let checkpoint = try make()
    defer { timer.restart() }
    guard let folder, let checkpoint else { return }
    try save { try files?.save(checkpoint) }
    try tell(.checkpointSaved(path: folder.lastCheckpoint))
  }
}
