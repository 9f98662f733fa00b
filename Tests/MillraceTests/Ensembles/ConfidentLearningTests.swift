import MillraceModels
import Testing

struct ConfidentLearningTests {
  /// Four images of class 0 and two of class 1; the last of class 0 looks like one of class 1.
  private let labels = [0, 0, 0, 0, 1, 1]
  private let probabilities: [Float] = [
    0.9, 0.1, 0.8, 0.2, 0.7, 0.3, 0.2, 0.8, 0.4, 0.6, 0.1, 0.9,
  ]

  private func row(_ image: Int) -> ArraySlice<Float> { probabilities[2 * image..<2 * image + 2] }

  @Test func `A class's threshold is the mean that its own images get`() {
    let judge = ConfidentLearning(labels: labels, probabilities: probabilities, classes: 2)
    #expect(abs(judge.thresholds[0] - 0.65) < 1e-6 && abs(judge.thresholds[1] - 0.75) < 1e-6)
  }

  @Test func `Suspicion is how far another class is beyond its threshold, less the own`() {
    let judge = ConfidentLearning(labels: labels, probabilities: probabilities, classes: 2)
    let wrong = judge.judge(label: 0, probabilities: row(3))
    #expect(wrong.rival == 1 && abs(wrong.suspicion - (0.05 - -0.45)) < 1e-6)
    let right = judge.judge(label: 0, probabilities: row(0))
    #expect(right.rival == 1 && abs(right.suspicion - (-0.65 - 0.25)) < 1e-6)
    // By probabilities alone the fifth image, whose class is harder, would be as suspect as one of the other class.
    let hard = judge.judge(label: 1, probabilities: row(4))
    #expect(hard.rival == 0 && abs(hard.suspicion - (-0.25 - -0.15)) < 1e-6)
  }

  @Test func `Only what is confidently of another class is suspect`() {
    let judge = ConfidentLearning(labels: labels, probabilities: probabilities, classes: 2)
    let suspect = labels.indices.filter { judge.isSuspect(label: labels[$0], probabilities: row($0)) }
    #expect(suspect == [3])
  }

  @Test func `A class without images is nobody's rival`() {
    let judge = ConfidentLearning(labels: [0, 1], probabilities: [0.5, 0.1, 0.4, 0.2, 0.3, 0.5], classes: 3)
    #expect(judge.thresholds[2] == .infinity)
    #expect(judge.judge(label: 0, probabilities: [0, 0, 1]).rival == 1)
    #expect(!judge.isSuspect(label: 0, probabilities: [0, 0, 1]))
  }

  @Test func `The mean of figures and how far they lie apart`() throws {
    let three = try #require(MeanDeviation([0.9, 0.8, 1.0]))
    #expect(abs(three.mean - 0.9) < 1e-12 && abs(three.deviation! - 0.1) < 1e-12 && three.count == 3)
    #expect(MeanDeviation([0.5])?.deviation == nil && MeanDeviation([]) == nil)
  }
}
