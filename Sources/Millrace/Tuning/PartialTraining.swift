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
