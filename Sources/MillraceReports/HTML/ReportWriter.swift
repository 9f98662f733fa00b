import Foundation
import MillraceModels
import MillraceThreads
public import MillraceTraining

/// Writes `report.html` into the run's folder while it is trained, and `report.json`, from which the page can be
/// drawn again.
///
/// The page is written at the start, after the first epoch and at the end, and after each epoch in between as long
/// as writing takes no more than a twentieth of the time. A reader finds a whole page at any moment.
public final class ReportWriter: TrainingObserver {
  /// The time between two pages is at least this many times the time to write one.
  private static let restFactor: UInt64 = 20

  private var folder: RunFolder?
  private(set) var record: RunRecord?
  private var examination: EpochExamination?
  private var notBefore: UInt64 = 0

  /// The path of the page; nil for a run without a folder.
  public var path: String? { folder?.report }

  /// What the curves of the run say, once it is finished.
  public var advice: Advice? { record?.advice }

  /// Writes into the run's folder, and nothing for a run without one.
  public init() {}

  /// Records an event, and draws the page when it is due.
  public func receive(_ event: TrainingEvent) throws {
    switch event {
    case .started(let start): try begin(start)
    case .notice(let text): record?.add(notice: text)
    case .samplesDrawn(let samples):
      if record?.samples.isEmpty == true { record?.samples = samples.map(RunRecord.Sample.init) }
    case .fileSkipped(let sample): record?.add(sample)
    case .epochExamined(let examination): self.examination = examination
    case .epochFinished(let report):
      record?.add(report, examination: examination)
      examination = nil
      if record?.epochs.count == 1 || MonotonicClock.now() >= notBefore { try write() }
    case .finished(let summary):
      record?.finish(summary)
      try write()
    case .measuring, .stepFinished, .validating, .decodedWithWarnings, .checkpointSaved: break
    }
  }

  /// Lets the page of a run that was stopped say so. It may be called at any time, and must be called when the run
  /// is over.
  public func close() {
    guard record?.state == .running, let folder, FileManager.default.fileExists(atPath: folder.path) else {
      return
    }
    record?.state = .stopped
    // The run has ended with an error, which matters more than an error in writing its page.
    try? write()
  }

  private func begin(_ start: TrainingStart) throws {
    guard let path = start.folder else { return }
    let folder = RunFolder(path: path)
    var record = RunRecord(start)
    if start.epochsTold > 0, let earlier = try? RunRecord(of: folder) {
      record.goOn(from: earlier, epochs: start.epochsTold)
    }
    self.folder = folder
    self.record = record
    try write()
  }

  private func write() throws {
    guard let folder, let record else { return }
    let start = MonotonicClock.now()
    try record.write(to: folder)
    try DurableFile.write(ReportPage(folder: folder, record: record).html, to: folder.report)
    let end = MonotonicClock.now()
    notBefore = end + (end - start) * (Self.restFactor - 1)
  }
}
