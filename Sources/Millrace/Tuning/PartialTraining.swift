extension TrainingRun {
  /// Trains until some epochs are done, for those who judge a training by its beginning. Nothing is written but what is
  /// needed to go on.
  ///
  /// - Parameters:
  ///   - epochs: How many; the schedule is that of the whole training.
  ///   - folder: Where it goes on from what it finds there, and is saved; what it cannot read it trains again, to the same
  ///     bits.
  ///   - isLast: Whether nobody will go on from its end.
  ///   - observers: Are told of everything that happens.
  /// - Throws: What ``train(observers:)`` throws.
  func train(until epochs: Int, in folder: RunFolder, isLast: Bool, observers: [any TrainingObserver]) throws
  {
    var files = CheckpointFiles(folder, keepsPrevious: false)
    let checkpoint = try? files.load()?.checkpoint
    let recorder = RunRecorder(
      observers, files: files, resuming: checkpoint?.state,
      interval: configuration.execution.checkpointInterval, keepsEpochs: false)
    let remaining = watchBadFiles(of: recorder, lostBefore: checkpoint?.state.skipped ?? [])
    defer { recorder.close() }
    do {
      try withParts(recorder, remaining, from: checkpoint) { parts in
        let trainer = try parts.advance(from: checkpoint, until: epochs)
        guard trainer.step.stepsDone > 0 else {
          throw TrainingError.nothingTrained(data: configuration.data)
        }
        if !isLast { try recorder.saveUnsaved() }
      }
    } catch {
      if !(error is DivergenceError), !(error is CheckpointError) { try recorder.saveUnsaved() }
      throw error
    }
  }
}
