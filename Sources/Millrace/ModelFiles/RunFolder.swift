import Foundation

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// The folder that a run leaves: where each file of it lies.
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
  /// What the report is drawn from.
  public var record: String { "\(path)/report.json" }
  /// The report, a page for a browser.
  public var report: String { "\(path)/report.html" }
  /// The model: the best weights.
  public var model: String { "\(path)/model.safetensors" }
  /// The folder of the checkpoints.
  public var checkpoints: String { "\(path)/checkpoints" }
  /// The latest moment of the training.
  public var lastCheckpoint: String { "\(path)/checkpoints/last.safetensors" }
  /// The checkpoint that was the last before it.
  public var previousCheckpoint: String { "\(path)/checkpoints/previous.safetensors" }
  /// The model of the best epoch so far; of an ensemble, the members that are done.
  public var bestCheckpoint: String { "\(path)/checkpoints/best.safetensors" }

  /// Of an ensemble, the folder of its members' runs.
  public var members: String { "\(path)/members" }
  /// Of a cross-validation, a row for each image.
  public var outOfFold: String { "\(path)/out-of-fold.csv" }

  /// Of an ensemble, the folder of a member's run.
  ///
  /// - Parameter number: From 1.
  public func member(_ number: Int) -> RunFolder { RunFolder(path: "\(members)/\(number)") }

  /// Whether there is a checkpoint to go on from.
  public var hasCheckpoint: Bool {
    access(lastCheckpoint, F_OK) == 0 || access(previousCheckpoint, F_OK) == 0
  }

  /// Names a folder that exists.
  public init(path: String) {
    self.path = path
  }

  /// Creates the folder of a new run; never one that exists.
  ///
  /// - Parameters:
  ///   - output: The folder of all runs, created where missing.
  ///   - name: The run's name; nil: the next number.
  /// - Throws: ``FileError`` where it cannot be created or the name is taken.
  public static func create(in output: String, name: String?) throws(FileError) -> RunFolder {
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

  /// The run's folder that a file lies in: beside its model, or among its checkpoints.
  package init(holding file: String) {
    let (folder, _) = splitPath(file)
    let (parent, name) = splitPath(folder)
    self.init(path: name == "checkpoints" ? parent : folder)
  }

  /// What the images were found by that the run was made from, as its configuration names it.
  package var dataRoots: [String] {
    guard let text = try? String(contentsOfFile: configuration, encoding: .utf8),
      let entries = try? ConfigurationFile.entries(of: text, path: configuration)
    else { return [] }
    let labels = entries.contains { $0.key == "labels" }
    return entries.filter {
      ConfigurationSetting.imagePaths.contains($0.key) && !(labels && $0.key == "data")
    }
    .map(\.text)
  }

  /// The model file that a path means: itself, or the model of the run folder that it is; where the run did not
  /// come to its end, its best epoch's, or its last checkpoint.
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
