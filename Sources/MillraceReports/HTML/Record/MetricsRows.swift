import Foundation
import MillraceNetwork
import MillraceTraining

/// The epochs of a run as `metrics.csv` holds them.
struct MetricsRows {
  private let rows: [[String: Double]]

  /// Reads the file; nil where there is none. A row without an end is left out.
  init?(contentsOf path: String) {
    guard let text = try? String(contentsOfFile: path, encoding: .utf8) else { return nil }
    let lines = text.split(separator: "\n", omittingEmptySubsequences: false).dropLast()
    guard let heading = lines.first else { return nil }
    let names = heading.split(separator: ",").map(String.init)
    rows = lines.dropFirst().map { line in
      let cells = line.split(separator: ",", omittingEmptySubsequences: false)
      return Dictionary(
        zip(names, cells).compactMap { name, cell in Double(cell).map { (name, $0) } },
        uniquingKeysWith: { first, _ in first })
    }
  }

  /// The number of samples over which the reports' sums are taken, since the file does not hold it.
  static let sampleCount = 1_000_000

  /// The rows as reports: with sums over ``sampleCount`` samples each, and without statistics of the network.
  var reports: [EpochReport] {
    rows.map { row in
      var report = EpochReport(
        epoch: max(0, (row["epoch"].flatMap(Int.init(exactly:)) ?? 1) - 1), epochs: rows.count)
      report.training = Self.sum(loss: row["train_loss"], accuracy: row["train_accuracy"]) ?? LossSum()
      report.validation = Self.sum(loss: row["val_loss"], accuracy: row["val_accuracy"])
      report.learningRate = row["lr"] ?? 0
      report.seconds = row["seconds"] ?? 0
      report.imagesPerSecond = row["images_per_second"] ?? 0
      report.computeWait = row["compute_wait"] ?? 0
      report.loaderWait = row["loader_wait"] ?? 0
      report.isBest = row["best"] == 1
      if let norm = row["gradient_norm"] {
        report.statistics = NetworkStatistics(gradientNorm: norm, weights: [], rectified: [])
      }
      return report
    }
  }

  /// A sum with a mean loss and an accuracy.
  private static func sum(loss: Double?, accuracy: Double?) -> LossSum? {
    guard let loss, let accuracy, (0...1).contains(accuracy) else { return nil }
    var sum = LossSum()
    sum.count = sampleCount
    sum.loss = loss * Double(sum.count)
    sum.correct = Int((accuracy * Double(sum.count)).rounded())
    return sum
  }
}
