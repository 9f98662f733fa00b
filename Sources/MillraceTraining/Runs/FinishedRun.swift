package import MillraceModels

extension TrainingSummary {
  /// Reads from a run's folder, which holds its model, how the run ended.
  ///
  /// - Throws: ``ModelFileError``, or ``ResumeError`` where no checkpoint holds its figures.
  package init(finished folder: RunFolder) throws {
    let model = try Model(contentsOf: folder.model)
    var files = CheckpointFiles(folder)
    guard let state = try files.load()?.checkpoint.state, let best = state.search?.best ?? state.progress.best
    else { throw ResumeError.noRun(path: folder.path) }
    self.init(
      folder: folder.path, modelPath: folder.model, model: model, best: best,
      refit: state.search == nil ? nil : state.progress.best, epochs: state.epochsTold,
      seconds: state.seconds,
      skipped: state.skipped, warned: state.warned.count)
    calibration = state.search?.calibration
  }
}
