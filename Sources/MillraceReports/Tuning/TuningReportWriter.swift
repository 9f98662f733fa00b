import MillraceModels
public import MillraceWorkshop

/// Writes `tune.csv` and `report.html` into a search's folder whenever a candidate has been judged.
public final class TuningReportWriter: TuningObserver {
  private let folder: TuningFolder

  /// Writes into a search's folder.
  public init(_ folder: TuningFolder) {
    self.folder = folder
  }

  /// Records an event.
  public func receive(_ event: TuningEvent) throws {
    switch event {
    case .started(let record), .judged(_, let record), .finished(let record):
      try DurableFile.write(TuningCSV.text(of: record), to: folder.table)
      try DurableFile.write(TuningPage(folder: folder, record: record).html, to: folder.report)
    case .measuring, .jobStarted, .training: break
    }
  }
}
