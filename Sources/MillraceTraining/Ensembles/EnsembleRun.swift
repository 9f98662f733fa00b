import Foundation
import MillraceImages
public import MillraceModels
package import MillracePipeline

/// Training runs whose networks become one model: an ensemble of different seeds, or the networks of a
/// cross-validation.
///
/// Each member is a ``TrainingRun`` in a folder of its own, `members/1` and so on. The members are trained one
/// after the other, each on all threads, and share decoded images. A member depends only on the configuration and
/// its number, so it has the same bits whether others were trained before it or not.
public final class EnsembleRun {
  /// The resolved configuration, without a member's number.
  public let configuration: TrainingConfiguration
  /// The folder of all runs; nil where nothing is written.
  public let folder: RunFolder?

  private let images: SharedImages
  /// The images that each member is trained and validated on.
  private let data: [TrainingData]
  private let ranks: Ranks
  /// The lock on the folder until everything is done.
  private var lock: FolderLock?
  /// The folder as every rank of a resumed run sees it.
  private let found: RunFolder?
  /// Whether this object made the folder, and the folder of all runs: it removes them again if it leaves nothing in
  /// them.
  private let made: (folder: Bool, output: Bool)

  /// All images that the networks learn from.
  public var training: Dataset { data[0].reference }
  /// The images that all networks are validated on; nil where there are none, or where each network has others.
  public var validation: Dataset? { configuration.folds > 1 ? nil : data[0].validation }
  /// A folder of test images that was seen beside the others and not opened; nil where there is none.
  public var testFolder: String? { data[0].testFolder }

  /// Scans the data and creates the folder of all runs.
  ///
  /// - Parameters: Those of ``TrainingRun/init(_:output:name:ranks:)``, with a configuration whose
  ///   ``TrainingConfiguration/ensemble`` or ``TrainingConfiguration/folds`` is above 1.
  public init(
    _ configuration: TrainingConfiguration, output: String? = "runs", name: String? = nil,
    ranks: Ranks = .alone
  ) throws {
    let images = SharedImages()
    (self.configuration, data) = try ranks.together {
      try configuration.validate()
      try require(
        configuration.isEnsemble, "ensemble", "must be above 1, or folds, to train several networks; got 1")
      let (resolved, data) = try configuration.membersResolved(on: images)
      if let output { try requireOutside(output, of: data[0], configuration) }
      return (resolved, data)
    }
    (self.images, self.ranks, found) = (images, ranks, nil)
    let output = ranks.isFirst ? output : nil
    let hasOutput = output.map { FileManager.default.fileExists(atPath: $0) } ?? true
    folder = try ranks.together { try output.map { try RunFolder.create(in: $0, name: name) } }
    lock = folder.flatMap { FolderLock($0.path) }
    made = (true, !hasOutput)
  }

  /// Takes up an ensemble that was interrupted, and goes on to the same result that it would have had.
  ///
  /// - Parameters: Those of ``TrainingRun/init(resuming:changing:ranks:)``; the number of epochs cannot change.
  public init(
    resuming path: String, changing change: (inout TrainingConfiguration) throws -> Void = { _ in },
    ranks: Ranks = .alone
  ) throws {
    let images = SharedImages()
    let resumed: ResumedEnsemble
    (resumed, configuration, data) = try ranks.together {
      let resumed = try ResumedEnsemble(path, isOwner: ranks.isFirst)
      let wanted = try resumed.changed(by: change)
      let (resolved, data) = try wanted.membersResolved(on: images)
      try resumed.check(data[0], of: resolved)
      try requireOutside(resumed.folder.path, of: data[0], resolved)
      return (resumed, resolved, data)
    }
    (self.images, self.ranks, found) = (images, ranks, resumed.folder)
    folder = ranks.isFirst ? resumed.folder : nil
    lock = resumed.lock
    made = (false, false)
  }

  /// Trains every member that is not done, and puts the networks into one model.
  ///
  /// - Parameter observers: Get every event, in order, on this thread.
  /// - Throws: What ``TrainingRun/train(observers:)`` throws. Members that are done, and what was learned of the
  ///   one under way, are kept.
  @discardableResult
  public func train(observers: [any EnsembleObserver] = []) throws -> EnsembleSummary {
    defer {
      lock = nil
      images.forgetImages()
    }
    do {
      return try run(isWatched: !observers.isEmpty) { event in
        for observer in observers { try observer.receive(event) }
      }
    } catch {
      removeIfEmpty()
      throw inOwnWords(error)
    }
  }

  /// Whether there are members from which a resume can go on.
  public var hasMembers: Bool { folder.map { FileManager.default.fileExists(atPath: $0.members) } ?? false }

  private func run(
    isWatched: Bool, _ tell: @escaping (EnsembleEvent) throws -> Void
  ) throws -> EnsembleSummary {
    try ranks.together { try writeConfiguration() }
    let classes = data[0].training.classes
    let validated = configuration.folds > 1 ? data[0].reference : data[0].validation
    try tell(
      .started(
        EnsembleStart(
          folder: folder?.path, configuration: configuration, classes: classes,
          trainingCounts: data[0].reference.countPerClass,
          validationIdentity: validated.map { String($0.fingerprint, radix: 16) },
          memberCount: configuration.memberCount)))
    var models: [Model] = []
    var results: [MemberResult] = []
    for number in 1...configuration.memberCount {
      let (model, result) = try train(member: number, isWatched: isWatched, tell: tell)
      models.append(model)
      results.append(result)
      // The members that are done can be used already.
      if let folder { try save(combined(models), to: folder.bestCheckpoint) }
      try tell(.memberFinished(result))
      // The next fold has other images, which need the memory.
      if configuration.folds > 1 { images.forgetImages() }
    }
    var model = combined(models)
    // The other ranks wait for the first, which examines the images by itself.
    let examination: EnsembleExamination? = try ranks.together { () throws -> EnsembleExamination? in
      guard ranks.isFirst, let judged = beforeRefit(model) else { return nil }
      return try EnsembleExaminer(model: judged, configuration: configuration, data: data, images: images)
        .examination { try tell(.examining(images: $0)) }
    }
    if let examination { try tell(.examined(examination)) }
    // The mean of several networks is less sure than each, so it has a temperature of its own.
    var calibration: TemperatureFit?
    if configuration.fitsTemperature {
      calibration = try ranks.fromFirst { examination.flatMap { TemperatureFit(to: $0.evaluation.outputs) } }
      model = model.calibrated(by: calibration)
      if calibration == nil {
        let hasSeenAll = ranks.isFirst && examination == nil
        try tell(
          .notice(
            hasSeenAll
              ? "calibrate: the networks were not kept as they were before the refit, and now they have learned from the "
                + "validation images, too; the probabilities stay as they are"
              : TrainingConfiguration.notCalibrated(data[0].validation?.count ?? 0)))
      }
    }
    let tested = try data[0].test.measure(
      model, configuration, ranks: ranks, tell: { try tell(.examining(images: $0)) },
      note: { try tell(.notice($0)) })
    try ranks.together { if let folder { try save(model, to: folder.model) } }
    var summary = EnsembleSummary(
      folder: folder?.path, modelPath: folder?.model, model: model, members: results,
      examination: examination,
      skipped: Self.union(results.map(\.skipped)), warned: results.map(\.warned).max() ?? 0, test: tested)
    summary.calibration = calibration
    try tell(.finished(summary))
    return summary
  }

  // MARK: Members

  /// What remains to be done for a member.
  private enum Work: String, Codable { case begin, resume, nothing }

  private func train(
    member number: Int, isWatched: Bool, tell: @escaping (EnsembleEvent) throws -> Void
  ) throws -> (Model, MemberResult) {
    var one = configuration.member(number)
    // The model of all members is measured, once.
    one.evaluatesTest = false
    let member = EnsembleMember(number: number, count: configuration.memberCount, seed: one.trainingSeed)
    let place = found.map { $0.member(number) }
    var work = Work.begin
    if let place {
      work = try ranks.fromFirst { self.work(on: place, one) }
    }
    if work == .nothing, let place {
      let summary = try ranks.together { try TrainingSummary(finished: place) }
      if configuration.normalization == nil {
        images.remember(summary.model.preprocessing, of: data[number - 1].reference)
      }
      return (summary.model, MemberResult(member, summary))
    }
    try tell(.memberStarted(member))
    let run =
      if work == .resume, let place {
        try TrainingRun(resuming: place.path, changing: { $0 = one }, ranks: ranks, images: images)
      } else {
        try TrainingRun(
          one, output: folder?.members, name: String(number), ranks: ranks, images: images)
      }
    // A run without observers need not examine every epoch.
    let summary = try run.train(
      observers: isWatched ? [MemberObserver { try tell(.member(member, $0)) }] : [])
    return (summary.model, MemberResult(member, summary))
  }

  private func work(on place: RunFolder, _ one: TrainingConfiguration) -> Work {
    let files = FileManager.default
    guard files.fileExists(atPath: place.path) else { return .begin }
    if let model = try? Model(contentsOf: place.model), model.recipe == one.recipe { return .nothing }
    // Where another process is using the folder, the member's own run says so.
    if place.hasCheckpoint || FolderLock.isTaken(place.path) == true { return .resume }
    // The run was killed before it had learned anything.
    try? files.removeItem(atPath: place.path)
    return .begin
  }

  /// The networks of some members as one model.
  private func combined(_ models: [Model]) -> Model {
    Model(
      network: models[0].network, classes: models[0].classes, preprocessing: models[0].preprocessing,
      members: models.map(\.parameters), recipe: configuration.recipe)
  }

  /// The members before they were trained on the validation images, too; nil where their folders do not hold these.
  private func beforeRefit(_ model: Model) -> Model? {
    guard configuration.optimization.refits else { return model }
    guard let folder else { return nil }
    var models: [Model] = []
    for number in 1...configuration.memberCount {
      guard let model = try? Model(contentsOf: folder.member(number).bestCheckpoint),
        model.recipe == configuration.member(number).recipe
      else { return nil }
      models.append(model)
    }
    return combined(models)
  }

  // MARK: The folder

  private func writeConfiguration() throws {
    guard let folder else { return }
    try DurableFile.write(try ConfigurationFile.text(of: configuration), to: folder.configuration)
    try DurableFile.write(data[0].training.classes.joined(separator: "\n") + "\n", to: folder.classes)
  }

  private func save(_ model: Model, to path: String) throws {
    do {
      try model.save(to: path)
    } catch let error as FileError {
      throw CheckpointError(cause: error, folder: hasMembers ? folder?.path : nil)
    }
  }

  /// An error that a member's run reports about its own folder, put into words about the folder of all runs, which
  /// is the one to resume.
  private func inOwnWords(_ error: any Error) -> any Error {
    guard let error = error as? CheckpointError else { return error }
    return CheckpointError(cause: error.cause, folder: hasMembers ? folder?.path : nil)
  }

  private func removeIfEmpty() {
    guard let folder, made.folder, !hasMembers else { return }
    try? FileManager.default.removeItem(atPath: folder.path)
    // The folder of all runs is removed, too, if this run made it and no other run is in it.
    if made.output { rmdir(splitPath(folder.path).folder) }
  }

  private static func union(_ lists: [[SkippedSample]]) -> [SkippedSample] {
    var all = BadFileList()
    for skipped in lists.joined() { _ = all.add(skipped) }
    return all.all
  }
}

extension TrainingConfiguration {
  /// The configuration with all automatic choices, made once for all members, and the images of each member.
  fileprivate func membersResolved(
    on images: SharedImages
  ) throws -> (configuration: TrainingConfiguration, data: [TrainingData]) {
    let data = try (1...memberCount).map { try images.data(for: member($0)) }
    var resolved = try member(1).resolved(for: data[0])
    resolved.member = nil
    return (resolved, data)
  }
}
