import Foundation
public import MillraceModels
import MillracePipeline

/// Reports of runs as pages for a browser, drawn from what the runs have left in their folders.
public enum Report {
  /// The page of one run, or of several side by side.
  ///
  /// - Parameter folders: The folders of the runs, at least one.
  /// - Throws: ``ReportError`` for a folder that is not that of a run.
  public static func html(of folders: [RunFolder]) throws(ReportError) -> String {
    precondition(!folders.isEmpty, "a report needs a run")
    var records: [RunRecord] = []
    for folder in folders { records.append(try RunRecord(of: folder)) }
    if folders.count == 1 {
      let members = RunRecord.members(of: folders[0])
      return EnsemblePage(folder: folders[0], record: records[0], members: members)?.html
        ?? ReportPage(folder: folders[0], record: records[0]).html
    }
    let names = names(of: folders.map(\.path))
    return ComparisonPage(
      runs: zip(names, records).map { RunComparison.Run(name: $0, record: $1) }
    ).html
  }

  /// The names of runs: those of their folders, or whole paths where two folders have the same name.
  static func names(of paths: [String]) -> [String] {
    let names = paths.map { URL(fileURLWithPath: $0).lastPathComponent }
    return Set(names.map(ExactText.init)).count == names.count ? names : paths
  }
}

extension ReportPage {
  init(folder: RunFolder, record: RunRecord) {
    self.init(name: Report.names(of: [folder.path])[0], folder: folder.path, record: record)
  }
}
