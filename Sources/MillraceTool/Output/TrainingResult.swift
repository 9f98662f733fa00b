import Millrace

/// The end of a run as JSON.
struct TrainingResult: Encodable {
  struct Figures: Encodable {
    let loss: Double
    let accuracy: Double
    let count: Int

    init(_ sum: LossSum) {
      loss = sum.mean
      accuracy = sum.accuracy
      count = sum.count
    }
  }

  let runFolder: String?
  let model: String?
  let report: String?
  let epochs: Int
  let bestEpoch: Int
  let training: Figures
  let validation: Figures?
  let imagesPerSecond: Double
  let seconds: Double
  let skipped: [SkippedFile]
  let decodedWithWarnings: Int

  init(_ summary: TrainingSummary, report: String?) {
    self.report = report
    runFolder = summary.folder
    model = summary.modelPath
    epochs = summary.epochs
    bestEpoch = summary.best.epoch + 1
    training = Figures(summary.best.training)
    validation = summary.best.validation.map(Figures.init)
    imagesPerSecond = summary.best.imagesPerSecond
    seconds = summary.seconds
    skipped = summary.skipped.map(SkippedFile.init)
    decodedWithWarnings = summary.warned
  }
}
