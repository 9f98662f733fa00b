import MillraceModels
public import MillraceTraining

/// Writes the logs of an ensemble: those of each member into its own folder, and into the folder of all runs a
/// `metrics.csv` with the rows of every member and a `bad-files.csv` with each file that some member could not use.
public final class EnsembleLogs: EnsembleObserver {
  private var folder: RunFolder?
  private var results: [MemberResult] = []
  private var logs: [any TrainingObserver] = []
  private var metrics: RowLog?
  private var badFiles = BadFilesCSV()

  private static let columns = ["member"] + MetricsCSV.columns

  /// Writes into the runs' folder, and nothing where there is none.
  public init() {}

  /// Hands a member's events to the member's own logs, and adds to those of all members.
  public func receive(_ event: EnsembleEvent) throws {
    switch event {
    case .started(let start): folder = start.folder.map { RunFolder(path: $0) }
    case .memberStarted: logs = [MetricsCSV(), BadFilesCSV(), TensorBoardLog()]
    case .member(let member, let event):
      for log in logs { try log.receive(event) }
      try add(event, of: member)
    case .memberFinished(let result):
      results.append(result)
      logs = []
    case .finished:
      // Where no member had to be trained, the file is as it was, or a resume has lost it.
      if metrics == nil, let folder {
        metrics = try RowLog(
          path: folder.metrics, columns: Self.columns, rows: rows(before: results.count + 1, in: folder))
      }
    case .examining, .notice, .examined: break
    }
  }

  private func add(_ event: TrainingEvent, of member: EnsembleMember) throws {
    guard let folder else { return }
    switch event {
    case .started(var start):
      let own = RowLog.rows(of: folder.member(member.number).metrics, first: start.epochsTold)
      metrics = try RowLog(
        path: folder.metrics, columns: Self.columns,
        rows: rows(before: member.number, in: folder) + Self.numbered(own, member.number))
      badFiles = BadFilesCSV()
      start.folder = folder.path
      var seen: Set<String> = []
      start.skipped = (results.flatMap(\.skipped) + start.skipped).filter { seen.insert($0.path).inserted }
      try badFiles.receive(.started(start))
    case .epochFinished(let report): try metrics?.append([String(member.number)] + MetricsCSV.cells(report))
    case .fileSkipped: try badFiles.receive(event)
    default: break
    }
  }

  /// The rows of the members before a given one, with their numbers.
  private func rows(before number: Int, in folder: RunFolder) -> String {
    (1..<number).map { Self.numbered(RowLog.rows(of: folder.member($0).metrics, first: .max), $0) }.joined()
  }

  private static func numbered(_ rows: String, _ number: Int) -> String {
    rows.split(separator: "\n").map { "\(number),\($0)\n" }.joined()
  }
}
