import MillraceModels
import Testing

struct CalibrationTests {
  /// Ten predictions of 0.95, nine of them right, and ten of 0.65, four of them right: 10/20 · |0.9 − 0.95| + 10/20
  /// · |0.4 − 0.65|.
  @Test func `The expected calibration error is that of a calculation by hand`() throws {
    var calibration = Calibration()
    for i in 0..<10 {
      calibration.add(confidence: 0.95, isCorrect: i < 9)
      calibration.add(confidence: 0.65, isCorrect: i < 4)
    }
    #expect(abs(try #require(calibration.expectedError) - 0.15) < 1e-6)
  }

  /// Within a bin the errors cancel, since the definition compares its means.
  @Test func `Predictions of one bin are compared by their means`() throws {
    var calibration = Calibration()
    calibration.add(confidence: 0.94, isCorrect: true)
    calibration.add(confidence: 0.98, isCorrect: false)
    #expect(abs(try #require(calibration.expectedError) - 0.46) < 1e-6)
  }

  @Test(arguments: [
    (Float(0), 0), (1 / 30, 0), (1.0 / 15, 0), (0.07, 1), (0.5, 7), (0.97, 14), (1, 14), (1.5, 14), (-1, 0),
    (.nan, 0),
  ])
  func `A confidence falls into the bin that it is the upper end of`(confidence: Float, bin: Int) {
    var calibration = Calibration()
    calibration.add(confidence: confidence, isCorrect: true)
    #expect(calibration.bins.map(\.count).firstIndex(of: 1) == bin)
  }

  @Test func `Of nothing predicted there is no error and no share`() {
    #expect(Calibration().expectedError == nil)
    #expect(Calibration().bins.allSatisfy { $0.accuracy == nil && $0.meanConfidence == nil })
  }
}
