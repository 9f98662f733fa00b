import MillraceModels
public import MillraceTraining

/// Writes `metrics.csv` into the run's folder: a row for each epoch, on disk as soon as the epoch is done.
///
/// Shares and accuracies are from 0 to 1; epochs are counted from 1; cells without a value are empty.
public final class MetricsCSV: TrainingObserver {
  static let columns = [
    "epoch", "train_loss", "train_accuracy", "val_loss", "val_accuracy", "lr", "seconds", "images_per_second",
    "compute_wait", "loader_wait", "weight_norm", "gradient_norm", "zero_weights", "best",
  ]

  private var log: RowLog?

  /// Writes into the run's folder, and nothing for a run without one.
  public init() {}

  /// Begins the file, or adds an epoch's row.
  public func receive(_ event: TrainingEvent) throws {
    switch event {
    case .started(let start):
      log = try start.folder.map {
        let path = RunFolder(path: $0).metrics
        // Rows that a run wrote after the checkpoint from which it goes on will be written again.
        return try RowLog(
          path: path, columns: Self.columns, rows: RowLog.rows(of: path, first: start.epochsTold))
      }
    case .epochFinished(let report):
      try log?.append(Self.cells(report))
    case .measuring, .notice, .samplesDrawn, .stepFinished, .validating, .decodedWithWarnings, .fileSkipped,
      .epochExamined, .checkpointSaved, .finished:
      break
    }
  }

  private static func cell(_ value: Double?) -> String { value.map { String($0) } ?? "" }

  static func cells(_ report: EpochReport) -> [String] {
    let statistics = report.statistics
    return [
      String(report.epoch + 1), cell(report.training.mean), cell(report.training.accuracy),
      cell(report.validation?.mean), cell(report.validation?.accuracy),
      String(report.learningRate), Figures.fixed(report.seconds, 3), Figures.fixed(report.imagesPerSecond, 1),
      Figures.fixed(report.computeWait, 4), Figures.fixed(report.loaderWait, 4),
      statistics.map { Figures.significant($0.weightNorm) } ?? "",
      statistics.map { Figures.significant($0.gradientNorm) } ?? "",
      statistics.map { Figures.fixed($0.zeroShare, 4) } ?? "", report.isBest ? "1" : "0",
    ]
  }
}
