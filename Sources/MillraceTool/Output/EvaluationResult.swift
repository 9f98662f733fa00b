import MillraceModels

/// An evaluation as JSON.
struct EvaluationResult: Encodable {
  /// The folder of class folders that was measured on.
  let data: String
  let count: Int
  let loss: Double
  let accuracy: Double
  let topK: [TopKAccuracy]
  let expectedCalibrationError: Double?
  /// Where each figure lies with 95 % confidence, by its name.
  let intervals: Intervals
  let averages: Averages
  let classes: [ClassResult]
  /// What would become of the images if the model answered from a confidence on; left out without probabilities.
  let coverage: [CoverageCurve.Point]?
  /// Figures of parts of the images; left out where none were asked for.
  let slices: [SlicesResult]?
  /// How another model does on the same images.
  let comparison: ComparisonResult?
  /// The model's classes of which no image was counted.
  let unmeasured: [String]
  /// Class, class it was taken for, both as places in `classes`, and how often; what never happened is left out.
  let confusion: [[Int]]
  let skipped: [SkippedFile]

  init(
    _ evaluation: Evaluation, _ figures: EvaluationFigures, slices: [EvaluationSlices],
    comparison: ModelComparison?,
    data: String
  ) {
    self.data = data
    count = evaluation.count
    loss = evaluation.loss
    accuracy = evaluation.accuracy
    topK = evaluation.topK
    expectedCalibrationError = evaluation.calibration?.expectedError
    intervals = Intervals([
      ("loss", figures.loss), ("accuracy", figures.accuracy),
      ("expectedCalibrationError", figures.calibrationError),
    ])
    averages = Averages(macro: MeanResult(figures.macro), weighted: MeanResult(figures.weighted))
    classes = zip(evaluation.classes, figures.classes).map(ClassResult.init)
    coverage = figures.coverage?.points
    self.slices = slices.isEmpty ? nil : slices.map(SlicesResult.init)
    self.comparison = comparison.map(ComparisonResult.init)
    unmeasured = evaluation.unmeasured
    confusion = evaluation.confusion.cells.map(\.numbers)
    skipped = evaluation.skipped.map(SkippedFile.init)
  }
}

extension EvaluationResult {
  /// The ends of intervals, `[lower, upper]`, by the name of their figure; of a figure without one there is none.
  struct Intervals: Encodable {
    private let ends: [String: [Double]]

    init(_ figures: [(name: String, estimate: Estimate?)]) {
      ends = Dictionary(
        uniqueKeysWithValues: figures.compactMap { name, estimate in
          estimate?.interval.map { (name, [$0.lowerBound, $0.upperBound]) }
        })
    }

    func encode(to encoder: any Encoder) throws { try ends.encode(to: encoder) }
  }

  /// The means over the classes.
  struct Averages: Encodable {
    let macro: MeanResult
    let weighted: MeanResult
  }

  /// One kind of mean.
  struct MeanResult: Encodable {
    let precision: Double
    let recall: Double
    let f1: Double
    let rocArea: Double?
    let averagePrecision: Double?
    let intervals: Intervals

    init(_ mean: EvaluationFigures.Averages) {
      precision = mean.precision.value
      recall = mean.recall.value
      f1 = mean.f1.value
      rocArea = mean.rocArea?.value
      averagePrecision = mean.averagePrecision?.value
      intervals = Intervals([
        ("precision", mean.precision), ("recall", mean.recall), ("f1", mean.f1), ("rocArea", mean.rocArea),
        ("averagePrecision", mean.averagePrecision),
      ])
    }
  }

  /// One class.
  struct ClassResult: Encodable {
    let name: String
    let count: Int
    let precision: Double?
    let recall: Double?
    let f1: Double?
    let rocArea: Double?
    let averagePrecision: Double?
    let intervals: Intervals

    init(_ report: ClassReport, _ figures: EvaluationFigures.OfClass) {
      name = report.name
      count = report.count
      precision = report.precision
      recall = report.recall
      f1 = report.f1
      rocArea = figures.rocArea?.value
      averagePrecision = figures.averagePrecision?.value
      intervals = Intervals([
        ("precision", figures.precision), ("recall", figures.recall), ("f1", figures.f1),
        ("rocArea", figures.rocArea), ("averagePrecision", figures.averagePrecision),
      ])
    }
  }

  /// How another model does.
  struct ComparisonResult: Encodable {
    let model: String
    let count: Int
    let accuracy: Double
    let otherAccuracy: Double
    let onlyThis: Int
    let onlyOther: Int
    /// By McNemar's exact test.
    let probability: Double

    init(_ comparison: ModelComparison) {
      model = comparison.other
      count = comparison.count
      (accuracy, otherAccuracy) = comparison.accuracies
      (onlyThis, onlyOther) = (comparison.test.onlyFirst, comparison.test.onlySecond)
      probability = comparison.test.probability
    }
  }
}
