import Foundation
public import Millrace

/// Writes `bad-files.csv` into the run's folder: each file that could not be used, once, with the reason.
///
/// Names may be any bytes: those that are no UTF-8 and control characters stand as `\xNN`, a backslash as `\\`, so
/// each name can be had back from its row.
public final class BadFilesCSV: TrainingObserver {
  private static let columns = ["path", "reason"]

  private var log: RowLog?
  private var listed: Set<String> = []

  /// Writes where the run writes; nothing for a run without a folder.
  public init() {}

  /// Begins the file, or adds a file's row.
  public func receive(_ event: TrainingEvent) throws {
    switch event {
    case .started(let start):
      guard let path = start.folder.map({ RunFolder(path: $0).badFiles }) else { break }
      // What a run that is resumed has listed stays listed once.
      listed = Self.cells(of: path)
      log = try RowLog(path: path, columns: Self.columns)
    case .fileSkipped(let sample):
      // An epoch later the same file is bad again.
      if listed.insert(CSV.cell(sample.path)).inserted { try log?.append([sample.path, sample.reason]) }
    case .notice, .stepFinished, .epochFinished, .checkpointSaved, .finished: break
    }
  }

  /// The first cell of each row of a file that may exist, as it stands there.
  private static func cells(of path: String) -> Set<String> {
    guard let text = try? String(contentsOfFile: path, encoding: .utf8) else { return [] }
    // Neither a path nor a reason holds a line break.
    return Set(
      text.split(separator: "\n").compactMap { row in
        let cell = row.prefixMatch(of: #/"(?:[^"]|"")*"|[^,]*/#)
        return cell.map { String($0.output) }
      })
  }
}
