import Foundation
import MillraceModels
import MillraceThreads
public import MillraceTraining

/// Writes the report of an ensemble into the folder of all runs while they are trained, and that of each member
/// into its own.
///
/// Pages are written as seldom as ``ReportWriter`` writes those of a run.
public final class EnsembleReportWriter: EnsembleObserver {
  private static let restFactor: UInt64 = 20

  private var folder: RunFolder?
  private var record: RunRecord?
  /// The records of the members that are done.
  private var done: [RunRecord] = []
  private var member: EnsembleMember?
  /// The writer for the member under way.
  private var writer = ReportWriter()
  private var notBefore: UInt64 = 0

  /// The path of the page; nil where nothing is written.
  public var path: String? { folder?.report }

  /// What the curves say, once everything is done; nil before, and where they say nothing.
  public var advice: Advice? { record?.advice }

  /// Writes into the runs' folder.
  public init() {}

  /// Records an event, and draws pages when they are due.
  public func receive(_ event: EnsembleEvent) throws {
    switch event {
    case .started(let start):
      folder = start.folder.map { RunFolder(path: $0) }
      record = RunRecord(start)
      try write()
    case .memberStarted(let member):
      self.member = member
      writer = ReportWriter()
    case .member(let member, let event):
      try writer.receive(event)
      try take(event, of: member)
    case .memberFinished(let result):
      record?.ensemble?.take(EnsembleRecord.Member(result))
      let badFiles = max(record?.badFiles ?? 0, result.skipped.count)
      record?.badFiles = badFiles
      if let folder { done.append(try RunRecord(of: folder.member(result.member.number))) }
      member = nil
      try write()
    case .examining: break
    case .notice(let text): record?.add(notice: text)
    case .examined(let examination): record?.add(examination)
    case .finished(let summary):
      record?.network = summary.model.network
      record?.parameterCount = summary.model.parameters.count
      record?.state = .finished
      record?.seconds = summary.seconds
      record?.warned = summary.warned
      record?.temperature = summary.calibration
      if let test = summary.test { record?.add(RunRecord.EvaluationRecord(test.evaluation, on: test.data)) }
      record?.badFiles = 0
      record?.firstBadFiles = []
      for skipped in summary.skipped { record?.add(skipped) }
      try write()
    }
  }

  /// Lets pages of runs that were stopped say so. It may be called at any time, and must be called when everything
  /// is done.
  public func close() {
    writer.close()
    guard record?.state == .running, let folder, FileManager.default.fileExists(atPath: folder.path) else {
      return
    }
    record?.state = .stopped
    // The runs have ended with an error, which matters more than an error in writing the page.
    try? write()
  }

  private func take(_ event: TrainingEvent, of member: EnsembleMember) throws {
    switch event {
    case .started(let start):
      record?.network = start.network
      record?.parameterCount = start.parameterCount
    case .notice(let text): record?.add(notice: text)
    case .samplesDrawn(let samples):
      if record?.samples.isEmpty == true { record?.samples = samples.map(RunRecord.Sample.init) }
    case .epochFinished:
      if let own = writer.record { record?.ensemble?.take(EnsembleRecord.Member(member, own)) }
      if MonotonicClock.now() >= notBefore { try write() }
    default: break
    }
  }

  private func write() throws {
    let start = MonotonicClock.now()
    let members = done + (member == nil ? [] : [writer.record].compactMap { $0 })
    record?.epochs = RunRecord.meanEpochs(of: members)
    guard let folder, let record else { return }
    try record.write(to: folder)
    try DurableFile.write(
      EnsemblePage(folder: folder, record: record, members: members)?.html ?? "", to: folder.report)
    let end = MonotonicClock.now()
    notBefore = end + (end - start) * (Self.restFactor - 1)
  }
}

extension EnsemblePage {
  /// Makes a page; nil for the record of a run by itself.
  init?(folder: RunFolder, record: RunRecord, members: [RunRecord]) {
    guard let ensemble = record.ensemble else { return nil }
    self.init(
      name: Report.names(of: [folder.path])[0], folder: folder.path, record: record, ensemble: ensemble,
      members: members)
  }
}
