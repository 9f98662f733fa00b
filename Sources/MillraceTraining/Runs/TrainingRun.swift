import Foundation
import MillraceImages
public import MillraceModels
import MillraceNetwork
public import MillracePipeline
import MillraceThreads

/// A training run on a folder of images: from the scan to the model file.
public final class TrainingRun {
  /// The resolved configuration.
  public let configuration: TrainingConfiguration
  /// The run's folder; nil where nothing is written.
  public let folder: RunFolder?
  /// The images to train on.
  public let training: Dataset
  /// The images to validate on; nil without validation.
  public let validation: Dataset?
  /// A folder of test images that was seen beside the others and not opened; nil where there is none.
  public let testFolder: String?
  /// Notices for people about the preparation of the run.
  public private(set) var notices: [String] = []

  /// Whether this run made its folder, and the folder of all runs: it removes them again if it leaves nothing
  /// in them.
  private let made: (folder: Bool, output: Bool)
  private let resumed: ResumedRun?
  /// The contents of ``TrainingConfiguration/initialWeights``; nil where no such file is given or needed.
  private let initialParameters: [Float]?
  /// The lock on the folder until the run is over.
  private var lock: FolderLock?
  /// The images on which the normalisation is measured.
  private let reference: Dataset
  private let test: TestImages?
  private let ranks: Ranks
  private let images: SharedImages
  /// Whether no other run uses ``images``.
  private let ownsImages: Bool

  /// Scans the data, splits it where it has no validation folder, and creates the run's folder.
  ///
  /// - Parameters:
  ///   - configuration: The settings of the run.
  ///   - output: The folder of all runs; nil: nothing is written.
  ///   - name: The run's name; nil: the next number.
  ///   - ranks: The processes that train together, each with the same arguments; only the first writes.
  /// - Throws: `ConfigurationError`, `DatasetError`, `ModelFileError` for initial weights that cannot be
  ///   used, `FileError`, or ``RankError``; then no folder was created.
  public convenience init(
    _ configuration: TrainingConfiguration, output: String? = "runs", name: String? = nil,
    ranks: Ranks = .alone
  ) throws {
    try self.init(configuration, output: output, name: name, ranks: ranks, images: nil)
  }

  /// Does the same for one of several runs of a process.
  ///
  /// - Parameters:
  ///   - images: What the runs share; nil: this run is alone.
  ///   - data: The images of the configuration, divided otherwise; nil: as the configuration says.
  package init(
    _ configuration: TrainingConfiguration, output: String?, name: String?, ranks: Ranks,
    images: SharedImages?, data: TrainingData? = nil
  ) throws {
    let ownsImages = images == nil
    let images = images ?? SharedImages()
    let (data, resolved, initial) = try ranks.together {
      try configuration.validate()
      try require(
        !configuration.isEnsemble, configuration.folds > 1 ? "folds" : "ensemble",
        "trains \(configuration.memberCount) networks, and this is a run of one; train them by an EnsembleRun, or set "
          + "member to the number of one")
      let data = try data ?? images.data(for: configuration)
      if let output { try requireOutside(output, of: data, configuration) }
      let resolved = try configuration.resolved(for: data)
      return (data, resolved, try resolved.initialWeights(for: data.training))
    }
    (training, validation, reference) = (data.training, data.validation, data.reference)
    (testFolder, test) = (data.testFolder, data.test)
    (self.configuration, initialParameters) = (resolved, initial?.parameters)
    self.ranks = ranks
    (self.images, self.ownsImages) = (images, ownsImages)
    resumed = nil
    try ranks.agree(on: resolved, data: data, initialParameters: initialParameters, checkpoint: nil)
    let output = ranks.isFirst ? output : nil
    let hasOutput = output.map { FileManager.default.fileExists(atPath: $0) } ?? true
    folder = try ranks.together { try output.map { try RunFolder.create(in: $0, name: name) } }
    lock = folder.flatMap { FolderLock($0.path) }
    made = (true, !hasOutput)
    notices =
      resolved.notices(on: data) + (initial?.notices(for: training.classes) ?? [])
      + (try ranks.notices(shards: resolved.optimization.resolvedShards))
  }

  /// Takes up a run that was interrupted, and goes on to the same result that it would have had.
  ///
  /// - Parameters:
  ///   - path: The run's folder.
  ///   - change: May change settings that do not affect the result: threads, paths, the checkpoint interval;
  ///     and the epochs, where the learning rate of an epoch does not depend on their number.
  ///   - ranks: The processes that train together, any number of them, all of which see the folder.
  /// - Throws: ``ResumeError`` where the run cannot go on, and all that ``init(_:output:name:ranks:)``
  ///   throws.
  public convenience init(
    resuming path: String, changing change: (inout TrainingConfiguration) throws -> Void = { _ in },
    ranks: Ranks = .alone
  ) throws {
    try self.init(resuming: path, changing: change, ranks: ranks, images: nil)
  }

  /// Does the same for one of several runs of a process.
  ///
  /// - Parameter images: What the runs share; nil: this run is alone.
  package init(
    resuming path: String, changing change: (inout TrainingConfiguration) throws -> Void, ranks: Ranks,
    images: SharedImages?
  ) throws {
    let ownsImages = images == nil
    let images = images ?? SharedImages()
    let (resumed, data, resolved, initial) = try ranks.together {
      var resumed = try ResumedRun(path, isOwner: ranks.isFirst)
      var wanted = resumed.configuration
      try change(&wanted)
      try wanted.takeChoices(from: resumed.configuration)
      try wanted.validate()
      try resumed.check(wanted)
      let data = try images.data(for: wanted)
      try resumed.check(data, of: wanted)
      resumed.moveBadFiles(to: wanted)
      try requireOutside(resumed.folder.path, of: data, wanted)
      let resolved = try wanted.resolved(for: data)
      let state = resumed.checkpoint?.state
      // A refit also begins with these weights.
      let needsInitialWeights = state == nil || (resolved.optimization.refits && state?.search == nil)
      let initial = needsInitialWeights ? try resolved.initialWeights(for: data.training)?.parameters : nil
      try resumed.check(initial, of: resolved)
      return (resumed, data, resolved, initial)
    }
    (training, validation, reference) = (data.training, data.validation, data.reference)
    (testFolder, test) = (data.testFolder, data.test)
    (configuration, initialParameters) = (resolved, initial)
    self.resumed = resumed
    self.ranks = ranks
    (self.images, self.ownsImages) = (images, ownsImages)
    try ranks.agree(on: resolved, data: data, initialParameters: initial, checkpoint: resumed.checkpoint)
    folder = ranks.isFirst ? resumed.folder : nil
    lock = resumed.lock
    made = (false, false)
    notices =
      resolved.notices(on: data) + [resumed.notice].compactMap { $0 }
      + (try ranks.notices(shards: resolved.optimization.resolvedShards))
  }

  /// Trains, validating after each epoch, and writes checkpoints and the model.
  ///
  /// - Parameter observers: Get every event, in order, on this thread.
  /// - Throws: ``DivergenceError``, `DatasetError` where no image can be read, `BadSample` or
  ///   ``TooManyBadFiles`` as the configuration says, ``UnusableDataset`` where a class has no usable image,
  ///   or no image can be validated on, `FileError`, ``CheckpointError``, or what an observer throws. What
  ///   was learned until then is saved, unless it diverged; a folder without a checkpoint is removed, unless
  ///   it lists bad files.
  @discardableResult
  public func train(observers: [any TrainingObserver] = []) throws -> TrainingSummary {
    defer {
      lock = nil
      if ownsImages { images.forgetImages() }
    }
    let rule = badFileRule(lostBefore: resumed?.checkpoint?.state.skipped ?? [])
    let recorder = RunRecorder(
      observers, files: folder.map { resumed?.files ?? CheckpointFiles($0) },
      resuming: resumed?.checkpoint?.state, interval: configuration.execution.checkpointInterval, rule: rule,
      ranks: ranks)
    do {
      return try run(recorder, rule.remaining)
    } catch {
      if let folder, made.folder, !folder.hasCheckpoint,
        !(error is TooManyBadFiles || error is UnusableDataset)
      {
        try? FileManager.default.removeItem(atPath: folder.path)
        // The folder of all runs is removed, too, if this run made it and no other run is in it.
        if made.output { rmdir(splitPath(folder.path).folder) }
      }
      throw error
    }
  }

  /// Trains, and calls a closure with every event.
  @discardableResult
  public func train(_ observe: @escaping (TrainingEvent) -> Void) throws -> TrainingSummary {
    try train(observers: [ClosureObserver(observe)])
  }

  private func run(_ recorder: RunRecorder, _ remaining: RemainingImages) throws -> TrainingSummary {
    // Whether the folder can be written to shows before the first image is decoded.
    try ranks.together { try writeConfiguration() }
    let checkpoint = resumed?.checkpoint
    let (result, model) = try withParts(recorder, remaining, from: checkpoint) { parts in
      try tellStart(recorder, network: configuration.network(for: training))
      let result = try parts.train(from: checkpoint)
      // Of a refit, too, it is that of the network before, which had not seen the validation images.
      return (result, parts.model(result.parameters).calibrated(by: result.search.calibration))
    }
    // The model is written only when all is done: a run that is killed before is resumed, and measured then.
    let tested = try test.measure(
      model, configuration, ranks: ranks,
      // The other ranks must not wait for what only the first rank does.
      tell: { if ranks.isAlone { try recorder.tell(.validating(images: $0)) } },
      note: { try recorder.tell(.notice($0)) })
    try ranks.together {
      if let folder { try recorder.save { try model.save(to: folder.model) } }
    }
    var summary = TrainingSummary(
      folder: folder?.path, modelPath: folder?.model, model: model, best: result.search.best,
      refit: result.refit, epochs: result.search.epochs + (result.refit.map { $0.epoch + 1 } ?? 0),
      seconds: recorder.seconds, skipped: recorder.badFiles.all, warned: recorder.warned.count)
    summary.calibration = result.search.calibration
    summary.test = tested
    try recorder.tell(.finished(summary))
    return summary
  }

  /// The parts of the run with their threads, for as long as `body` needs them.
  package func withParts<Result>(
    _ recorder: RunRecorder, _ remaining: RemainingImages, from checkpoint: Checkpoint?,
    _ body: (TrainingParts) throws -> Result
  ) throws -> Result {
    let preprocessing = try checkpoint?.model.preprocessing ?? measuredPreprocessing(recorder)
    if configuration.normalization == nil { images.remember(preprocessing, of: reference) }
    let team = try WorkerTeam(count: configuration.execution.resolvedWorkers, name: "worker")
    defer { team.shutdown() }
    return try body(
      TrainingParts(
        configuration: configuration, training: training, validation: validation,
        preprocessing: preprocessing,
        initialParameters: initialParameters,
        initialChecksum: initialParameters.map { Checksum.of($0) } ?? checkpoint?.state.initialWeights,
        team: team, recorder: recorder, remaining: remaining, ranks: ranks, images: images))
  }

  private func tellStart(_ recorder: RunRecorder, network: Network) throws {
    var start = TrainingStart(
      folder: folder?.path, configuration: configuration, classes: training.classes,
      trainingCount: training.count, validationCount: validation?.count ?? 0,
      network: configuration.network(classes: training.classes.count),
      parameterCount: network.parameterCount,
      stepsPerEpoch: configuration.optimization.cut(of: training.count).stepsPerEpoch, firstEpoch: 0)
    start.trainingCounts = training.countPerClass
    start.validationIdentity = validation.map { String($0.fingerprint, radix: 16) }
    if let state = resumed?.checkpoint?.state {
      start.firstEpoch = state.progress.position.epoch
      start.firstMinibatch = state.progress.position.minibatch
      start.epochsTold = state.epochsTold
      start.skipped = state.skipped
    }
    try recorder.tell(.started(start))
    let others = [transparencyNotice, ranks.isFirst ? configuration.precision.notice() : nil]
    for notice in notices + others.compactMap({ $0 }) { try recorder.tell(.notice(notice)) }
  }

  /// A notice about what transparent images lose. The first process gives it, but not where files cannot be
  /// opened: training itself ends with that error.
  private var transparencyNotice: String? {
    guard ranks.isFirst else { return nil }
    return (try? configuration.lostOnBackground(of: training))?.notice(
      on: configuration.background)
  }

  /// The rule that ends the run where too many files are bad, or where too few are left without them.
  ///
  /// - Parameter before: The files that were bad before a resume.
  package func badFileRule(lostBefore before: [SkippedSample]) -> BadFileRule {
    BadFileRule(
      data: configuration.data, limit: configuration.reading.maxBad,
      total: training.count + (validation?.count ?? 0), list: folder?.badFiles,
      remaining: RemainingImages(training: training, validation: validation, lostBefore: before))
  }

  private func measuredPreprocessing(_ recorder: RunRecorder) throws -> Preprocessing {
    let plain = try configuration.preprocessing()
    if configuration.normalization != nil { return plain }
    func measure() throws -> Normalization { try ranks.fromFirst(measureHere) }
    func measureHere() throws -> Normalization {
      try NormalizationEstimate.measure(
        reference, preprocessing: plain, limits: configuration.reading.decodeLimits,
        maxFileBytes: configuration.reading.maxFileBytes, onBadSample: configuration.reading.onBadFile,
        loaders: configuration.execution.resolvedLoaders,
        observe: { try recorder.tell(.measuring(images: $0)) }
      ).normalization
    }
    return try configuration.preprocessing(
      measured: images.normalization(of: reference, as: plain, measure: measure))
  }

  private func writeConfiguration() throws {
    guard let folder else { return }
    try DurableFile.write(try ConfigurationFile.text(of: configuration), to: folder.configuration)
    try DurableFile.write(training.classes.joined(separator: "\n") + "\n", to: folder.classes)
  }
}

extension TrainingConfiguration {
  /// The parameters that training begins with, where a file gives them.
  fileprivate func initialWeights(for dataset: Dataset) throws(ModelFileError) -> InitialWeights? {
    guard let path = initialWeights else { return nil }
    return try InitialWeights(
      contentsOf: path, for: Network(network(classes: dataset.classes.count)), classes: dataset.classes,
      seed: trainingSeed)
  }

  /// The configuration with all that follows from the data filled in.
  package func resolved(for data: TrainingData) throws -> TrainingConfiguration {
    try requireDivisible(data.reference)
    if data.validation == nil {
      let kind = optimization.schedule.kind
      let given = Set(resolvedSettings.filter(\.isGiven).map(\.key))
      for (setting, follows, isSet) in [
        ("schedule", "\(kind.rawValue) follows the validation loss", kind.needsValidation),
        ("patience", "it counts epochs by their validation", optimization.earlyStopping.patience != nil),
        ("min-delta", "it compares validations", given.contains("min-delta")),
        ("monitor", "it compares validations", given.contains("monitor")),
        ("refit", "it repeats the epochs that validation found best", optimization.refits),
        ("calibrate", "it fits the probabilities to validation images", calibrates),
      ] {
        try require(
          !isSet, setting,
          "\(follows), and there are no images to validate on; set val or val-fraction, or leave it out")
      }
    }
    return try chosen(for: data)
  }

  /// Notices for people before the start.
  fileprivate func notices(on data: TrainingData) -> [String] {
    var notices = data.notices
    if data.training.count < optimization.batchSize {
      notices.append(
        "batch-size \(optimization.batchSize) is more than the \(data.training.count) training images: "
          + "each epoch is one smaller minibatch")
    }
    return notices
  }
}

/// Checks that a run's folder lies outside of its images.
package func requireOutside(
  _ path: String, of data: TrainingData, _ configuration: TrainingConfiguration
) throws(FileError) {
  try requireOutside(
    path, roots: configuration.imageRoots, datasets: [data.training, data.validation, data.test?.dataset])
}

extension TrainingConfiguration {
  /// The places by which the images are found: nothing is written there. With a table of labels this is only
  /// the table: it names the images, and a file beside them is not one of them.
  package var imageRoots: [String] { [labels ?? data] + (validation.map { [$0] } ?? []) }
}

/// Why a run ended without a model.
public enum TrainingError: Error, Sendable, Hashable, CustomStringConvertible {
  /// No step was taken.
  case nothingTrained(data: String)
  /// The validation after an epoch, counted from 0, was over no samples.
  case nothingValidated(epoch: Int)

  /// The error in one line.
  public var description: String {
    switch self {
    case .nothingTrained(let data): "\(data): no image could be trained on; check the files listed as bad"
    case .nothingValidated(let epoch):
      "epoch \(epoch + 1): no image could be validated on; check the files listed as bad"
    }
  }
}

private final class ClosureObserver: TrainingObserver {
  private let observe: (TrainingEvent) -> Void

  init(_ observe: @escaping (TrainingEvent) -> Void) { self.observe = observe }

  func receive(_ event: TrainingEvent) { observe(event) }
}
