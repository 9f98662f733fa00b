import Millrace

/// An evaluation as JSON.
struct EvaluationResult: Encodable {
  /// The folder of class folders that was measured on.
  let data: String
  let count: Int
  let loss: Double
  let accuracy: Double
  let topK: [TopKAccuracy]
  let expectedCalibrationError: Double?
  let classes: [ClassReport]
  /// The model's classes of which no image was counted.
  let unmeasured: [String]
  /// Class, class it was taken for, both as places in `classes`, and how often; what never happened is left out.
  let confusion: [[Int]]
  let skipped: [SkippedFile]

  init(_ evaluation: Evaluation, data: String) {
    self.data = data
    count = evaluation.count
    loss = evaluation.loss
    accuracy = evaluation.accuracy
    topK = evaluation.topK
    expectedCalibrationError = evaluation.calibration?.expectedError
    classes = evaluation.classes
    unmeasured = evaluation.unmeasured
    confusion = evaluation.confusion.cells.map(\.numbers)
    skipped = evaluation.skipped.map(SkippedFile.init)
  }
}
