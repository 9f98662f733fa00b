import Foundation
public import MillraceModels

/// The folder of a search for better settings, with the paths of its files.
public struct TuningFolder: Sendable, Hashable {
  /// The folder's path.
  public let path: String

  /// The configuration that was moved from.
  public var configuration: String { "\(path)/config.yaml" }
  /// All that is known of the search; a resume reads it.
  public var record: String { "\(path)/tune.json" }
  /// A row for each candidate and rung.
  public var table: String { "\(path)/tune.csv" }
  /// A row for each step of a learning-rate range test.
  public var rates: String { "\(path)/lr-range.csv" }
  /// The report, a page for a browser.
  public var report: String { "\(path)/report.html" }
  /// The winner's configuration, for `train --config`.
  public var best: String { "\(path)/best.yaml" }
  /// The run that trains the winner.
  public var final: RunFolder { RunFolder(path: "\(path)/\(Self.finalName)") }

  static let finalName = "final"

  /// The folder of the candidates that are under way.
  var candidates: String { "\(path)/candidates" }

  /// Where a candidate's training is kept until the candidate is out, or a comparison's training until it is
  /// judged.
  func training(of job: HalvingState.Job) -> RunFolder {
    RunFolder(path: "\(candidates)/\(job.candidate)" + (job.fold > 0 ? "-fold-\(job.fold)" : ""))
  }

  /// Names a folder that exists.
  public init(path: String) {
    self.path = path
  }

  /// Creates the folder of a new search or range test; never one that exists.
  ///
  /// - Parameters:
  ///   - output: The folder of all searches, which is created where it is missing.
  ///   - name: The folder's name; nil: the next number.
  /// - Throws: `FileError` where the folder cannot be created or the name is taken.
  public static func create(in output: String, name: String?) throws(FileError) -> TuningFolder {
    if let name { return TuningFolder(path: try NewFolder.create(named: name, in: output)) }
    return TuningFolder(path: try NewFolder.createNumbered(in: output))
  }
}
