import MillraceModels

/// Figures of parts of the images of an evaluation, as JSON.
struct SlicesResult: Encodable {
  struct Slice: Encodable {
    let name: String
    let count: Int
    let correct: Int
    let accuracy: Double
    let meanRecall: Double
    let loss: Double?
    let expectedCalibrationError: Double?
    let intervals: EvaluationResult.Intervals

    init(_ slice: EvaluationSlices.Slice) {
      (name, count, correct) = (slice.name, slice.count, slice.correct)
      (accuracy, meanRecall) = (slice.accuracy.value, slice.meanRecall.value)
      (loss, expectedCalibrationError) = (slice.loss?.value, slice.calibrationError?.value)
      intervals = EvaluationResult.Intervals([
        ("accuracy", slice.accuracy), ("meanRecall", slice.meanRecall), ("loss", slice.loss),
        ("expectedCalibrationError", slice.calibrationError),
      ])
    }
  }

  /// By what the images were told apart: a column, or size, brightness, sharpness.
  let by: String
  let slices: [Slice]

  init(_ slices: EvaluationSlices) {
    by = "\(slices.rule)"
    self.slices = slices.slices.map(Slice.init)
  }
}
