import ArgumentParser
import MillraceModels
import MillraceReports
import MillraceTraining

// How train carries out runs whose networks become one model.
extension Train {
  func train(_ run: EnsembleRun, watch: InterruptionWatch, ranks: Ranks) throws {
    guard ranks.isFirst else {
      _ = try run.train(observers: [watch])
      return
    }
    let reporter = EnsembleProgress(progress.detail)
    defer { reporter.close() }
    let report = EnsembleReportWriter()
    defer { report.close() }
    let summary: EnsembleSummary
    do {
      // The watch comes last: whoever else takes an event has taken it when the run is stopped.
      summary = try run.train(observers: [reporter, EnsembleLogs(), OutOfFoldCSV(), report, watch])
    } catch var error as Interruption {
      error.saved = run.folder.flatMap {
        run.hasMembers ? "millrace train --resume \(shellQuoted($0.path))" : nil
      }
      throw error
    }
    try format.show(EnsembleResult(summary, report: report.path)) { _ in
      EnsembleSummaryText(
        summary, report: report.path, advice: report.advice, next: NextStep(after: run)
      ).lines
    }
  }
}

extension InterruptionWatch: EnsembleObserver {
  func receive(_ event: EnsembleEvent) throws {
    switch event {
    case .member(_, let event): try receive(event)
    // The first rank looks at the images alone, and the others learn how it went.
    case .examining: try throwIfInterruptedHere()
    case .started, .memberStarted, .memberFinished, .examined, .notice, .finished: break
    }
  }
}
