import Foundation
import Testing

@testable import MillraceModels

struct TemperatureTests {
  /// The softmax outputs of a lattice, which are too confident.
  private static let labelled = {
    var labelled = LabelledOutputs(classCount: 3)
    for (image, label) in EvaluationFiguresTests.labelled.labels.enumerated() {
      var sums = (0..<3).map { Double((7 * image + 3 * $0) % 11) / 2 }
      sums[Int(label)] += image % 4 > 0 ? 2.5 : -1
      let powers = sums.map(exp)
      labelled.add(label: Int(label), outputs: powers.map { Float($0 / powers.reduce(0, +)) })
    }
    return labelled
  }()

  private static func loss(_ labelled: LabelledOutputs, _ temperature: Double) -> Double {
    (0..<labelled.count).reduce(0) { sum, image in
      var row = (0..<3).map { labelled[image, $0] }
      row.withUnsafeMutableBufferPointer { Temperature.apply(temperature, to: $0) }
      return sum + crossEntropy(ofProbability: row[Int(labelled.labels[image])])
    } / Double(labelled.count)
  }

  /// The value of `scipy.optimize.minimize_scalar` of SciPy 1.15.
  @Test func `The fitted temperature loses the least, as SciPy has it`() {
    let temperature = Temperature.fitted(to: Self.labelled)
    #expect(abs(temperature - 2.0201211667856724) < 1e-5)
    #expect(abs(Self.loss(Self.labelled, temperature) - 0.8020256581649094) < 1e-6)
    #expect(abs(Self.loss(Self.labelled, 1) - 0.9282570419913933) < 1e-6)
  }

  @Test func `Where everything is right, or wrong, the range ends it`() {
    for (label, expected) in [(0, Temperature.range.lowerBound), (1, Temperature.range.upperBound)] {
      var labelled = LabelledOutputs(classCount: 2)
      for _ in 0..<5 { labelled.add(label: label, outputs: [0.75, 0.25]) }
      #expect(abs(Temperature.fitted(to: labelled) / expected - 1) < 1e-6)
    }
  }

  @Test func `Few images, or none that is wrong, tell too little`() {
    // Of two classes, the likelihood of β has Fisher's information n·a²·q(1 − q) where a share q is right.
    func labelled(_ count: Int, wrongIn every: Int) -> LabelledOutputs {
      var labelled = LabelledOutputs(classCount: 2)
      for image in 0..<count { labelled.add(label: image % every == 0 ? 1 : 0, outputs: [0.9, 0.1]) }
      return labelled
    }
    let fit = Temperature.fit(to: labelled(40, wrongIn: 4))
    #expect(abs(fit.temperature - 2) < 1e-6 && abs(fit.error - 0.332376) < 1e-4)
    #expect(TemperatureFit(to: labelled(40, wrongIn: 4)) == nil)
    #expect(TemperatureFit(to: labelled(100, wrongIn: 1000).withoutFirst) == nil)
    #expect(TemperatureFit(to: LabelledOutputs(classCount: 2)) == nil)
    guard let enough = TemperatureFit(to: labelled(80, wrongIn: 4)) else {
      Issue.record("80 images tell enough")
      return
    }
    // All have confidence 0.9 before and 0.75 after, and three quarters are right.
    #expect(abs(enough.temperature - 2) < 1e-6 && enough.count == 80)
    #expect(abs(enough.before.calibrationError - 0.15) < 1e-6 && enough.after.calibrationError < 1e-6)
    #expect(abs(enough.before.loss - (-0.75 * log(0.9) - 0.25 * log(0.1))) < 1e-6)
    #expect(abs(enough.after.loss - (-0.75 * log(0.75) - 0.25 * log(0.25))) < 1e-6)
  }

  @Test func `The most probable class stays, the rows add up to one, and what is nought stays a number`() {
    for temperature in [0.01, 0.5, 1, 3, 100] {
      var row: [Float] = [0, 0.2, 0.5, 0.3, .leastNonzeroMagnitude]
      row.withUnsafeMutableBufferPointer { Temperature.apply(temperature, to: $0) }
      #expect(row.max() == row[2] && abs(row.reduce(0, +) - 1) < 1e-6)
      #expect(row.allSatisfy { $0.isFinite && $0 >= 0 })
    }
  }
}

extension LabelledOutputs {
  /// All but the first image.
  fileprivate var withoutFirst: LabelledOutputs {
    var rest = LabelledOutputs(classCount: classCount)
    for image in 1..<count {
      rest.add(label: Int(labels[image]), outputs: (0..<classCount).map { self[image, $0] })
    }
    return rest
  }
}
