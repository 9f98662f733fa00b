import MillraceModels
import MillraceTraining

extension TrainingRun {
  /// Trains until some epochs are done, for a search that judges a training by its beginning. Only what is
  /// needed to go on is written.
  ///
  /// - Parameters:
  ///   - epochs: The number of epochs; the schedule is that of the whole training.
  ///   - folder: The folder from whose contents the training goes on, and into which it is saved; what cannot
  ///     be read there is trained again, to the same bits.
  ///   - isLast: Whether no training will go on from its end.
  ///   - observers: Get every event.
  /// - Throws: What ``train(observers:)`` throws.
  func train(until epochs: Int, in folder: RunFolder, isLast: Bool, observers: [any TrainingObserver]) throws
  {
    var files = CheckpointFiles(folder, keepsPrevious: false)
    let checkpoint = try? files.load()?.checkpoint
    let rule = badFileRule(lostBefore: checkpoint?.state.skipped ?? [])
    let recorder = RunRecorder(
      observers, files: files, resuming: checkpoint?.state,
      interval: configuration.execution.checkpointInterval, rule: rule, ranks: .alone, keepsEpochs: false)
    try withParts(recorder, rule.remaining, from: checkpoint) { parts in
      let part = try parts.advance(from: checkpoint, until: epochs)
      guard part.trainer.step.stepsDone > 0 else {
        throw TrainingError.nothingTrained(data: configuration.data)
      }
      if !isLast, recorder.timer.stepsUnsaved > 0 { try recorder.save(part.checkpoint) }
    }
  }
}
