import MillraceModels
import MillraceReports
import MillraceTraining

/// The end of an ensemble's runs as JSON.
struct EnsembleResult: Encodable {
  /// One of its networks.
  struct Member: Encodable {
    let number: Int
    let seed: UInt64
    let runFolder: String?
    let epochs: Int
    let bestEpoch: Int
    let training: TrainingResult.Figures
    let validation: TrainingResult.Figures?
    let seconds: Double

    init(_ result: MemberResult) {
      number = result.member.number
      seed = result.member.seed
      runFolder = result.folder
      epochs = result.epochs
      bestEpoch = result.best.epoch + 1
      training = TrainingResult.Figures(result.best.training)
      validation = result.best.validation.map(TrainingResult.Figures.init)
      seconds = result.seconds
    }
  }

  /// Figures of all networks together, or of each image by the network that was not trained on it.
  struct Together: Encodable {
    let loss: Double
    let accuracy: Double
    let count: Int
    /// Where the true accuracy lies with 95 % confidence.
    let interval: WilsonInterval?

    init(_ evaluation: Evaluation) {
      loss = evaluation.loss
      accuracy = evaluation.accuracy
      count = evaluation.count
      interval = WilsonInterval(successes: evaluation.correct, of: evaluation.count)
    }
  }

  let runFolder: String?
  let model: String?
  let report: String?
  let members: [Member]
  /// The validation accuracy of each network by itself, or over the folds.
  let memberAccuracy: MeanDeviation?
  let together: Together?
  /// What the probabilities of all together were fitted by; where they were.
  let calibration: TemperatureFit?
  /// On images kept for a test; where that was asked for.
  let test: TestFigures?
  let outOfFold: String?
  let suspectLabels: Int?
  let seconds: Double
  let skipped: [SkippedFile]
  let decodedWithWarnings: Int

  init(_ summary: EnsembleSummary, report: String?) {
    self.report = report
    runFolder = summary.folder
    model = summary.modelPath
    members = summary.members.map(Member.init)
    memberAccuracy = summary.memberAccuracy
    together = (summary.examination?.evaluation).map(Together.init)
    calibration = summary.calibration
    test = summary.test.map(TestFigures.init)
    let predictions = summary.examination?.outOfFold
    outOfFold = predictions == nil ? nil : summary.folder.map { RunFolder(path: $0).outOfFold }
    suspectLabels = predictions?.suspectCount
    seconds = summary.seconds
    skipped = summary.skipped.map(SkippedFile.init)
    decodedWithWarnings = summary.warned
  }
}
