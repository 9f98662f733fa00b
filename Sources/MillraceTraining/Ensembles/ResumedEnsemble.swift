import Foundation
import MillraceModels

/// The folder of an ensemble's runs as a resume finds it. The members' own runs take care of what the members have
/// left.
struct ResumedEnsemble {
  let folder: RunFolder
  /// The lock on the folder; nil where another process of the run holds it.
  let lock: FolderLock?
  /// The settings, including the automatic choices.
  private let configuration: TrainingConfiguration
  /// The run of the first member; nil where it has saved nothing yet.
  private let first: ResumedRun?

  /// Locks the folder and reads its settings.
  ///
  /// - Parameters:
  ///   - path: The folder.
  ///   - isOwner: Whether this process will write to it.
  /// - Throws: ``ResumeError``, ``ModelFileError``, or what is wrong with the configuration.
  init(_ path: String, isOwner: Bool) throws {
    folder = RunFolder(path: path.count > 1 && path.hasSuffix("/") ? String(path.dropLast()) : path)
    guard let recorded = try TrainingConfiguration(recordedIn: folder) else {
      throw ResumeError.noRun(path: path)
    }
    lock = isOwner ? FolderLock(folder.path) : nil
    if isOwner, lock == nil { throw ResumeError.inUse(path: path) }
    let place = folder.member(1)
    first = place.hasCheckpoint ? try ResumedRun(place.path, isOwner: false) : nil
    var configuration = recorded
    if let first { try configuration.takeChoices(from: first.configuration) }
    self.configuration = configuration
    if isOwner {
      DurableFile.removeTemporaries(in: folder.path)
      DurableFile.removeTemporaries(in: folder.checkpoints)
    }
  }

  /// The settings after a change that does not affect the result.
  ///
  /// - Throws: ``ResumeError`` for another change, or where everything is done; what the change throws.
  func changed(by change: (inout TrainingConfiguration) throws -> Void) throws -> TrainingConfiguration {
    var wanted = configuration
    try change(&wanted)
    try wanted.takeChoices(from: configuration)
    try wanted.validate()
    let differences = configuration.differences(
      to: wanted, except: ConfigurationSetting.freeToChange,
      epochsReason: "members that are done were trained for it")
    guard differences.isEmpty else {
      throw ResumeError.settingsDiffer(path: folder.path, differences: differences)
    }
    if let model = try? Model(contentsOf: folder.model), model.recipe == wanted.recipe {
      throw ResumeError.finished(path: folder.path, model: folder.model, canGoOn: false)
    }
    return wanted
  }

  /// Checks that the images are those that the first member began with; the others have the same images.
  func check(_ data: TrainingData, of configuration: TrainingConfiguration) throws(ResumeError) {
    try first?.check(data, of: configuration)
  }
}

extension EnsembleRun {
  /// Whether a folder is that of an ensemble's runs, whatever state they are in.
  public static func isEnsemble(_ path: String) -> Bool {
    let recorded = try? TrainingConfiguration(recordedIn: RunFolder(path: path))
    return recorded?.isEnsemble ?? false
  }
}

extension TrainingConfiguration {
  /// Reads a run's `config.yaml`; nil where there is none.
  ///
  /// - Throws: ``ConfigurationError`` that names file and line.
  init?(recordedIn folder: RunFolder) throws(ConfigurationError) {
    guard let text = try? String(contentsOfFile: folder.configuration, encoding: .utf8) else { return nil }
    self.init(data: "")
    try ConfigurationFile.apply(text, path: folder.configuration, to: &self)
  }
}
