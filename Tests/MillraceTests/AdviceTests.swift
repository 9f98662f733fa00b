import MillraceNetwork
import Testing

@testable import MillraceModels
@testable import MillraceTraining

struct AdviceTests {
  /// Reports of epochs with these losses; all other figures are unremarkable.
  private func epochs(
    training: [Double], validation: [Double]?, right: Double = 0.9, of count: Int = 1_000, dead: Double = 0.1
  ) -> [EpochReport] {
    training.indices.map { epoch in
      var report = EpochReport(epoch: epoch, epochs: training.count)
      report.training = sum(training[epoch], right: 0.9, of: 9_000)
      report.validation = validation.map { sum($0[epoch], right: right, of: count) }
      report.isBest = validation.map { $0[epoch] <= $0[...epoch].min() ?? 0 } ?? true
      report.statistics = NetworkStatistics(
        gradientNorm: 1, weights: [], rectified: [RectifiedStatistics(name: "1.dense", dead: dead)])
      return report
    }
  }

  private func sum(_ mean: Double, right: Double, of count: Int) -> LossSum {
    var sum = LossSum()
    (sum.loss, sum.correct, sum.count) = (mean * Double(count), Int((right * Double(count)).rounded()), count)
    return sum
  }

  /// Losses that fall from 2 to 1, fast at first: a curve that settles.
  private func settling(_ count: Int) -> [Double] {
    (0..<count).map { 1 + 1 / (1 + Double($0) * Double($0)) }
  }

  private func advice(
    _ epochs: [EpochReport],
    _ settings: [String: String] = ["augment": "none", "dropout": "0.2", "lr": "0.05"],
    largest: Double? = 0.1
  ) -> Advice {
    Advice(epochs: epochs, settings: settings, largestClassShare: largest)
  }

  @Test func `Curves that settle ask for nothing`() {
    let result = advice(epochs(training: settling(30), validation: settling(30)))
    #expect(result.verdict == .settled && result.flags.isEmpty)
  }

  @Test func `A plain network of pictures that leaves something to win is advised to see places`() {
    let settled = epochs(training: settling(30), validation: settling(30))
    for (size, more) in [("32", [:]), ("16x40", [:]), ("8", [:]), ("32", ["stem": "conv:8"])]
      as [(
        String, [String: String]
      )]
    {
      let result = advice(settled, ["image-size": size].merging(more) { $1 })
      #expect(result.verdict == .settled)
      #expect(result.flags == (size != "8" && more.isEmpty ? ["--stem", "auto"] : []), "\(size) \(more)")
      #expect(
        result.description == "the curves have settled"
          + (result.flags.isEmpty
            ? ", and nothing in them asks for a change"
            : "; a network that sees places is likely to be right more often"))
    }
    let good = epochs(training: settling(30), validation: settling(30), right: 0.99)
    #expect(advice(good, ["image-size": "32"]).flags.isEmpty)
    let few = epochs(training: settling(20), validation: settling(20), right: 0.5, of: 34)
    #expect(advice(few, ["image-size": "32"]).flags == ["--stem", "auto"])
    let rising = epochs(
      training: (0..<30).map { 2 / Double($0 + 1) },
      validation: (0..<30).map { 1 + abs(Double($0) - 9) * 0.02 })
    let regularized = ["image-size": "32", "augment": "flip:0.5", "dropout": "0.5"]
    #expect(advice(rising, regularized).flags == ["--stem", "auto"])
  }

  @Test func `A validation loss that rises while the training loss falls is overfitting`() {
    let training = (0..<30).map { 2 / Double($0 + 1) }
    let validation = (0..<30).map { 1 + abs(Double($0) - 9) * 0.02 }
    let result = advice(epochs(training: training, validation: validation))
    guard case .overfits(let since, let low, let high) = result.verdict else {
      Issue.record("\(result.verdict)")
      return
    }
    #expect(since == 10 && low == 1 && high > 1.35 && result.flags == ["--augment", "auto"])
    let augmented = ["augment": "flip:0.5", "dropout": "0.2"]
    #expect(
      advice(epochs(training: training, validation: validation), augmented).flags == ["--dropout", "0.4"])
    let dropped = ["augment": "flip:0.5", "dropout": "0.5"]
    #expect(advice(epochs(training: training, validation: validation), dropped).flags == ["--epochs", "10"])
    // A loss that rises because the training diverges is something else.
    #expect(advice(epochs(training: validation, validation: validation)).verdict == .settled)
    // Nor is it overfitting where more answers become right than by chance: 63 of 6,000 were wrong, and 46 are in the end.
    func ended(right: Double) -> [EpochReport] {
      let begin = epochs(training: training, validation: validation, right: 0.9895, of: 6_000)
      let end = epochs(training: training, validation: validation, right: right, of: 6_000)
      return Array(begin.dropLast(3)) + end.suffix(3)
    }
    #expect(advice(ended(right: 0.99233)).verdict == .settled)
    guard case .overfits = advice(ended(right: 0.9900)).verdict else {
      Issue.record("three answers are chance")
      return
    }
    // Noise is not a rise.
    let noisy = (0..<30).map { 1 + ($0 % 2 == 0 ? 0.03 : 0) }
    #expect(advice(epochs(training: training, validation: noisy)).verdict == .settled)
  }

  @Test(arguments: [true, false])
  func `A loss that falls to the end asks for more epochs`(isValidated: Bool) {
    let falling = (0..<20).map { 2 - 0.08 * Double($0) }
    let result = advice(epochs(training: falling, validation: isValidated ? falling : nil))
    guard case .stillFalling(let share, let count) = result.verdict else {
      Issue.record("\(result.verdict)")
      return
    }
    #expect(abs(share - 0.16 / 0.68) < 0.02 && count == 2 && result.flags == ["--epochs", "40"])
  }

  @Test func `A network that names the largest class always is told so`() {
    let curves = epochs(training: settling(10), validation: settling(10), right: 0.41)
    #expect(advice(curves, largest: 0.4).verdict == .noBetterThanLargestClass(accuracy: 0.41, share: 0.4))
    #expect(advice(curves, largest: 0.3).verdict == .settled)
    #expect(advice(curves, largest: nil).verdict == .settled)
  }

  @Test func `A layer of which most units are dead is named`() {
    let curves = epochs(training: settling(10), validation: settling(10), dead: 0.6)
    let plain = advice(curves, ["batch-norm": "none", "lr": "0.05"])
    #expect(
      plain.verdict == .deadLayer(name: "1.dense", share: 0.6) && plain.flags == ["--batch-norm", "sync"])
    #expect(advice(curves, ["batch-norm": "sync", "lr": "0.05"]).flags == ["--lr", "0.02"])
  }

  @Test func `Few validation images tell little, and none nothing`() {
    let few = advice(epochs(training: settling(20), validation: settling(20), right: 0.5, of: 34))
    guard case .tooFewToTell(34, let interval) = few.verdict else {
      Issue.record("\(few.verdict)")
      return
    }
    #expect(interval.lower < 0.36 && interval.upper > 0.64 && few.flags.isEmpty)
    let middling = advice(epochs(training: settling(20), validation: settling(20), right: 0.5, of: 200))
    guard case .tooFewToTell(200, _) = middling.verdict else {
      Issue.record("\(middling.verdict)")
      return
    }
    #expect(middling.flags.isEmpty)
    let sure = advice(epochs(training: settling(20), validation: settling(20), right: 0.99, of: 200))
    #expect(sure.verdict == .settled)
    #expect(advice(epochs(training: settling(20), validation: nil)).verdict == .notValidated)
    #expect(advice([]).verdict == .notValidated)
  }

  @Test func `Each verdict is one line that says what was seen`() {
    let rising = (0..<30).map { 1 + abs(Double($0) - 9) * 0.02 }
    let texts = [
      advice(epochs(training: (0..<30).map { 2 / Double($0 + 1) }, validation: rising)).description,
      advice(epochs(training: settling(10), validation: settling(10), right: 0.41), largest: 0.4).description,
    ]
    #expect(texts[0] == "it has overfitted since epoch 10: the validation loss rose from 1 to 1.38")
    #expect(texts[1] == "41 % right is no better than always answering with the largest class (40 %)")
  }
}
