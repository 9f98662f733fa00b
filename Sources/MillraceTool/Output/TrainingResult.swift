import MillraceModels
import MillraceNetwork
import MillraceReports
import MillraceTraining

/// The end of a run as JSON.
struct TrainingResult: Encodable {
  struct Figures: Encodable {
    let loss: Double?
    let accuracy: Double?
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
  /// What dense-sparse-dense training did in it.
  let bestEpochPhase: String?
  /// How many of the epochs trained afresh on all images; the figures are those of the last of them.
  let refitEpochs: Int?
  let training: Figures
  let validation: Figures?
  /// Those of the best epoch where the model itself has learned from the validation images.
  let validationBeforeRefit: Figures?
  /// What the probabilities were fitted by; where they were.
  let calibration: TemperatureFit?
  /// On images kept for a test; where that was asked for.
  let test: TestFigures?
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
    bestEpochPhase = summary.best.phase?.rawValue
    refitEpochs = summary.refit.map { $0.epoch + 1 }
    // What is told of the model is what was measured of its own weights.
    let epoch = summary.refit ?? summary.best
    training = Figures(epoch.training)
    validation = epoch.validation.map(Figures.init)
    validationBeforeRefit = summary.refit == nil ? nil : summary.best.validation.map(Figures.init)
    calibration = summary.calibration
    test = summary.test.map(TestFigures.init)
    imagesPerSecond = epoch.imagesPerSecond
    seconds = summary.seconds
    skipped = summary.skipped.map(SkippedFile.init)
    decodedWithWarnings = summary.warned
  }
}

/// Figures of a model on images kept for a test, as JSON.
struct TestFigures: Encodable {
  let data: String
  let loss: Double
  let accuracy: Double
  let count, correct: Int
  /// Where the true accuracy lies with 95 % confidence.
  let interval: WilsonInterval?
  let skipped: [SkippedFile]

  init(_ result: TestResult) {
    let evaluation = result.evaluation
    data = result.data
    (loss, accuracy) = (evaluation.loss, evaluation.accuracy)
    (count, correct) = (evaluation.count, evaluation.correct)
    interval = WilsonInterval(successes: correct, of: count)
    skipped = evaluation.skipped.map(SkippedFile.init)
  }
}
