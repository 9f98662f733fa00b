import Millrace

/// An evaluation as JSON.
struct EvaluationResult: Encodable {
  let count: Int
  let loss: Double
  let accuracy: Double
  let topK: [TopKAccuracy]
  let expectedCalibrationError: Double?
  let classes: [ClassReport]
  let confusion: [[Int]]
  let skipped: [SkippedFile]

  init(_ evaluation: Evaluation) {
    count = evaluation.count
    loss = evaluation.loss
    accuracy = evaluation.accuracy
    topK = evaluation.topK
    expectedCalibrationError = evaluation.calibration?.expectedError
    classes = evaluation.classes
    confusion = evaluation.confusion
    skipped = evaluation.skipped.map(SkippedFile.init)
  }
}
