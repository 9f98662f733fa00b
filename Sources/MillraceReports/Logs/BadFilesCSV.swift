import MillraceModels
import MillracePipeline
public import MillraceTraining

/// Writes `bad-files.csv` into the run's folder: each file that could not be used, once, with the reason.
///
/// Names may be any bytes: bytes that are not UTF-8 and control characters are written as `\xNN`, a backslash as
/// `\\`, so each name can be recovered from its row.
public final class BadFilesCSV: TrainingObserver {
  private static let columns = ["path", "reason"]

  private var log: RowLog?
  private var listed: Set<ExactText> = []

  /// Writes into the run's folder, and nothing for a run without one.
  public init() {}

  /// Begins the file, or adds a file's row.
  public func receive(_ event: TrainingEvent) throws {
    switch event {
    case .started(let start):
      listed = Set(start.skipped.map { ExactText($0.path) })
      log = try start.folder.map {
        try RowLog(
          path: RunFolder(path: $0).badFiles, columns: Self.columns,
          rows: start.skipped.map(Self.row).joined())
      }
    case .fileSkipped(let sample):
      // In the next epoch the same file is bad again.
      if listed.insert(ExactText(sample.path)).inserted { try log?.append([sample.path, sample.reason]) }
    case .measuring, .notice, .samplesDrawn, .stepFinished, .validating, .decodedWithWarnings,
      .epochExamined, .epochFinished, .checkpointSaved, .finished:
      break
    }
  }

  private static func row(_ sample: SkippedSample) -> String { CSV.row([sample.path, sample.reason]) }
}
