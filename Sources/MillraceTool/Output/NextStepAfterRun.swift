import MillraceModels
import MillracePipeline
import MillraceReports
import MillraceTraining

// What may be done with a run's model: it is measured where there are images to test on, and tried where not.
extension NextStep {
  init?(after run: TrainingRun) {
    self.init(
      run.folder, testFolder: run.testFolder, labels: run.configuration.labels,
      examples: [run.validation, run.training])
  }

  init?(after run: EnsembleRun) {
    self.init(
      run.folder, testFolder: run.testFolder, labels: run.configuration.labels,
      examples: [run.validation, run.training])
  }

  private init?(_ folder: RunFolder?, testFolder: String?, labels: String?, examples: [Dataset?]) {
    guard let folder = folder?.path else { return nil }
    if let testFolder {
      self.init(["evaluate", folder, testFolder] + Self.labels(labels))
    } else if let images = examples.compactMap({ $0 }).first(where: { $0.count > 0 }),
      images.packSource == nil
    {
      self.init("predict", folder, images.path(of: 0))
    } else {
      self.init("info", folder)
    }
  }
}
