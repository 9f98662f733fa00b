import Foundation
package import MillraceModels
import MillracePipeline

/// A run's folder as a resume finds it: locked, read and cleared of what a crash has left.
struct ResumedRun {
  let folder: RunFolder
  /// The lock on the folder; nil where another process of the run holds it.
  let lock: FolderLock?
  let files: CheckpointFiles
  /// Where the run goes on; nil where it had not saved anything yet and begins anew.
  private(set) var checkpoint: Checkpoint?
  /// A notice about the checkpoints for people.
  let notice: String?
  /// The run's settings.
  let configuration: TrainingConfiguration

  /// Locks a run's folder and reads its checkpoint, or its configuration where there is none.
  ///
  /// - Parameters:
  ///   - path: The folder.
  ///   - isOwner: Whether this process will write to it.
  /// - Throws: ``ResumeError``, ``ModelFileError``, or what is wrong with the configuration.
  init(_ path: String, isOwner: Bool = true) throws {
    folder = RunFolder(path: path.count > 1 && path.hasSuffix("/") ? String(path.dropLast()) : path)
    var isFolder: ObjCBool = false
    guard FileManager.default.fileExists(atPath: folder.path, isDirectory: &isFolder), isFolder.boolValue
    else { throw ResumeError.noRun(path: path) }
    lock = isOwner ? FolderLock(folder.path) : nil
    if isOwner, lock == nil { throw ResumeError.inUse(path: path) }
    var files = CheckpointFiles(folder)
    let loaded = try files.load()
    self.files = files
    checkpoint = loaded?.checkpoint
    if let loaded {
      notice = loaded.notice
      let state = loaded.checkpoint.state
      configuration = try TrainingConfiguration(
        settings: state.settings, choices: state.choices ?? [:], path: loaded.path)
    } else {
      guard let text = try? String(contentsOfFile: folder.configuration, encoding: .utf8) else {
        throw ResumeError.noRun(path: path)
      }
      var configuration = TrainingConfiguration(data: "")
      try ConfigurationFile.apply(text, path: folder.configuration, to: &configuration)
      self.configuration = configuration
      notice = "\(folder.path) has no checkpoint yet: the run begins again from the start"
    }
    if isOwner {
      DurableFile.removeTemporaries(in: folder.path)
      DurableFile.removeTemporaries(in: folder.checkpoints)
    }
  }

  /// Checks that with these settings the run can come to the result that it would have had with them from the
  /// beginning.
  func check(_ wanted: TrainingConfiguration) throws {
    let ignored = ConfigurationSetting.freeToChange.union(
      checkpoint.map { configuration.canChangeEpochs(to: wanted, after: $0.state) ? ["epochs"] : [] } ?? [])
    let differences = configuration.differences(
      to: wanted, except: ignored,
      epochsReason: "the learning rate or a phase of the steps already done depends on it"
    )
    guard differences.isEmpty else {
      throw ResumeError.settingsDiffer(path: folder.path, differences: differences)
    }
    // This folder holds a model with this recipe only when the run is finished.
    if let model = try? Model(contentsOf: folder.model), model.recipe == wanted.recipe {
      throw ResumeError.finished(
        path: folder.path, model: folder.model, canGoOn: wanted.learningRateIgnoresEpochs)
    }
  }

  /// Checks that initial weights, where they are read again, are those that the run began with.
  func check(_ parameters: [Float]?, of configuration: TrainingConfiguration) throws(ResumeError) {
    guard let parameters, let file = configuration.initialWeights,
      let was = checkpoint?.state.initialWeights, was != Checksum.of(parameters)
    else { return }
    throw .initialWeightsDiffer(path: folder.path, file: file)
  }

  /// Renames the bad files so far by the present place of the images, so that none counts twice.
  mutating func moveBadFiles(to wanted: TrainingConfiguration) {
    let moves = [(configuration.data, wanted.data), (configuration.validation, wanted.validation)]
    guard let skipped = checkpoint?.state.skipped else { return }
    checkpoint?.state.skipped = skipped.map { bad in
      for case (let from?, let to?) in moves where bad.path.utf8.starts(with: (from + "/").utf8) {
        let below = String(decoding: bad.path.utf8.dropFirst(from.utf8.count), as: UTF8.self)
        return SkippedSample(sample: bad.sample, path: to + below, reason: bad.reason)
      }
      return bad
    }
  }

  /// Checks that the images are those that the run began with.
  func check(_ data: TrainingData, of configuration: TrainingConfiguration) throws(ResumeError) {
    guard let state = checkpoint?.state else { return }
    func refuse(_ data: String, _ difference: String?) throws(ResumeError) {
      guard let difference else { return }
      throw .dataDiffers(path: folder.path, data: data, difference: difference)
    }
    try refuse(configuration.data, state.training.difference(to: DatasetIdentity(data.training)))
    let place = configuration.validation ?? configuration.data
    switch (state.validation, data.validation) {
    case (let was?, let now?): try refuse(place, was.difference(to: DatasetIdentity(now)))
    case (nil, nil): break
    case (_?, nil): try refuse(place, "there were images to validate on, and now there are none")
    case (nil, _?): try refuse(place, "there are images to validate on, and there were none")
    }
  }
}

extension ConfigurationSetting {
  /// The settings that do not affect the model: a run can be resumed with other values of them.
  package static let freeToChange = keys { ![.result, .start].contains($0.bearing) }
}

extension TrainingConfiguration {
  /// The settings that differ in another configuration, except those that have no effect in either.
  ///
  /// - Parameters:
  ///   - wanted: The other configuration.
  ///   - ignored: Settings that may differ.
  ///   - reason: Why the epochs may not change.
  package func differences(
    to wanted: TrainingConfiguration, except ignored: Set<String>, epochsReason reason: String
  ) -> [SettingDifference] {
    let was = Dictionary(uniqueKeysWithValues: resolvedSettings.map { ($0.key, $0.text) })
    let now = Dictionary(uniqueKeysWithValues: wanted.resolvedSettings.map { ($0.key, $0.text) })
    let keys = ConfigurationSetting.all.map(\.key).filter { key in
      let isIdle = reasonWithoutEffect(of: key) != nil && wanted.reasonWithoutEffect(of: key) != nil
      return !ignored.contains(key) && !isIdle && was[key] != now[key]
    }
    return keys.map { key in
      SettingDifference(
        key: key, was: was[key] ?? "none", now: now[key] ?? "none", reason: key == "epochs" ? reason : nil)
    }
  }

  /// The configuration that a file of this program holds.
  ///
  /// - Parameters:
  ///   - settings: The values, by name.
  ///   - choices: Why the program has chosen the values that it has chosen, by name.
  ///   - path: The file, for messages.
  /// - Throws: ``ModelFileError`` for a setting that this version does not know in this form.
  package init(settings: [String: String], choices: [String: String], path: String) throws(ModelFileError) {
    self.init(data: "")
    for (key, text) in settings {
      do {
        try set(key, to: text)
        if let reason = choices[key] { settle(key, because: reason) }
      } catch {
        throw .unsupported(
          path: path, found: "the setting \(key): \(text)", expected: "settings of this version")
      }
    }
  }

  /// Whether the steps of an epoch are the same, however many epochs follow.
  var learningRateIgnoresEpochs: Bool {
    guard optimization.denseSparseDense == nil, !optimization.refits else { return false }
    switch optimization.schedule.kind {
    case .constant, .step, .exponential, .inverseTime, .plateau: return true
    case .cosine, .oneCycle: return false
    }
  }

  /// Whether a run in some state may have another number of epochs.
  fileprivate func canChangeEpochs(to wanted: TrainingConfiguration, after state: TrainingState) -> Bool {
    let begun = (state.progress.running?.epoch ?? state.progress.position.epoch - 1) + 1
    return learningRateIgnoresEpochs && wanted.optimization.epochs >= begun
  }
}
