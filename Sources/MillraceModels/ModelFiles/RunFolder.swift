import Foundation

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// The folder of a run, with the paths of its files.
public struct RunFolder: Sendable, Hashable {
  /// The folder's path.
  public let path: String

  /// The run's resolved configuration.
  public var configuration: String { "\(path)/config.yaml" }
  /// The class names, one a line, in the order of the network's outputs.
  public var classes: String { "\(path)/classes.txt" }
  /// A row for each epoch.
  public var metrics: String { "\(path)/metrics.csv" }
  /// A row for each file that could not be used.
  public var badFiles: String { "\(path)/bad-files.csv" }
  /// The record from which the report is drawn.
  public var record: String { "\(path)/report.json" }
  /// The report, a page for a browser.
  public var report: String { "\(path)/report.html" }
  /// The model: the best weights.
  public var model: String { "\(path)/model.safetensors" }
  /// The folder of the checkpoints.
  public var checkpoints: String { "\(path)/checkpoints" }
  /// The latest checkpoint.
  package var lastCheckpoint: String { "\(path)/checkpoints/last.safetensors" }
  /// The checkpoint before the latest one.
  package var previousCheckpoint: String { "\(path)/checkpoints/previous.safetensors" }
  /// The model of the best epoch so far; in an ensemble, the members that are done.
  package var bestCheckpoint: String { "\(path)/checkpoints/best.safetensors" }

  /// The folder of the members' runs, in an ensemble.
  package var members: String { "\(path)/members" }
  /// The table of a cross-validation with a row for each image.
  package var outOfFold: String { "\(path)/out-of-fold.csv" }

  /// The folder of a member's run, in an ensemble.
  ///
  /// - Parameter number: The member's number, from 1.
  package func member(_ number: Int) -> RunFolder { RunFolder(path: "\(members)/\(number)") }

  /// Whether there is a checkpoint to go on from.
  package var hasCheckpoint: Bool {
    access(lastCheckpoint, F_OK) == 0 || access(previousCheckpoint, F_OK) == 0
  }

  /// Names a folder that exists.
  public init(path: String) {
    self.path = path
  }

  /// Creates the folder of a new run; never one that exists.
  ///
  /// - Parameters:
  ///   - output: The folder of all runs, which is created where it is missing.
  ///   - name: The run's name; nil: the next number.
  /// - Throws: ``FileError`` where the folder cannot be created or the name is taken.
  package static func create(in output: String, name: String?) throws(FileError) -> RunFolder {
    let path =
      if let name { try NewFolder.create(named: name, in: output) } else {
        try NewFolder.createNumbered(in: output)
      }
    do throws(FileError) {
      _ = try NewFolder.create(named: "checkpoints", in: path)
    } catch {
      rmdir(path)
      throw error
    }
    return RunFolder(path: path)
  }

  /// The run's folder that holds a file: beside its model, or among its checkpoints.
  package init(holding file: String) {
    let (folder, _) = splitPath(file)
    let (parent, name) = splitPath(folder)
    self.init(path: name == "checkpoints" ? parent : folder)
  }

  /// The model file that a path means: the path itself, or the model of the run folder at the path. Where the run
  /// is not finished, it is the best epoch's model, or the last checkpoint.
  package static func modelPath(for path: String) -> String {
    var status = stat()
    let isFolder = stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
    guard isFolder else { return path }
    let folder = RunFolder(path: path)
    let candidates = [
      folder.model, folder.bestCheckpoint, folder.lastCheckpoint, folder.previousCheckpoint,
    ]
    return candidates.first { access($0, F_OK) == 0 } ?? folder.model
  }
}
