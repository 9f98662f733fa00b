import MillraceNetwork
import MillraceReports
import _MillraceTestSupport

@testable import MillraceModels
@testable import MillraceTraining

/// Collects what is written.
final class Paper {
  var text = ""

  func terminal(columns: Int? = nil, interactive: Bool = false, color: Bool = false) -> Terminal {
    var terminal = Terminal { self.text += $0 }
    terminal.columns = { columns }
    terminal.isInteractive = interactive
    terminal.usesColor = color
    return terminal
  }

  var lines: [Substring] { text.split(separator: "\n") }
}

extension ConfusionMatrix {
  /// A row for each true class, a column for each predicted one.
  init(rows: [[Int]]) {
    self.init(classCount: rows.count)
    for (actual, row) in rows.enumerated() {
      for (predicted, count) in row.enumerated() where count > 0 {
        add(actual: actual, predicted: predicted, count: count)
      }
    }
  }
}

extension LossSum {
  init(mean: Double, accuracy: Double, count: Int = 1000) {
    self.init()
    loss = mean * Double(count)
    correct = Int((accuracy * Double(count)).rounded())
    self.count = count
  }
}

extension EpochReport {
  static func sample(epoch: Int = 2, validated: Bool = true) -> EpochReport {
    var report = EpochReport(epoch: epoch, epochs: 20)
    report.training = LossSum(mean: 0.31234, accuracy: 0.912)
    report.validation = validated ? LossSum(mean: 0.28, accuracy: 0.921) : nil
    report.learningRate = 0.05
    report.seconds = 4.9
    report.imagesPerSecond = 12_345
    report.computeWait = 0.03
    report.loaderWait = 0.4
    report.isBest = true
    return report
  }
}

extension TrainingStart {
  static func sample(folder: String?) -> TrainingStart {
    TrainingStart(
      folder: folder, configuration: TrainingConfiguration.plain("photos").chosen(for: .unknown),
      classes: ["cat", "dog"],
      trainingCount: 1800, validationCount: 200,
      network: NetworkConfiguration(inputCount: 784, hidden: [HiddenLayer(units: 800)], outputCount: 2),
      parameterCount: 629_602,
      stepsPerEpoch: 15, firstEpoch: 0)
  }
}
