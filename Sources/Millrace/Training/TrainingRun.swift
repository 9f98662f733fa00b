import Foundation
import MillraceImages
import MillraceNetwork
public import MillracePipeline
import MillraceThreads

/// A training run on a folder of images: from the scan to the model file.
public final class TrainingRun {
  /// The resolved configuration.
  public let configuration: TrainingConfiguration
  /// The run's folder; nil where nothing is written.
  public let folder: RunFolder?
  /// What is trained on.
  public let training: Dataset
  /// What is validated on; nil without validation.
  public let validation: Dataset?
  /// What happened while the run was prepared that a person should know.
  public private(set) var notices: [String] = []
  /// Whether the folder of all runs was not there before.
  private let madeOutput: Bool

  /// Scans the data, splits it where it has no validation folder, and creates the run's folder.
  ///
  /// - Parameters:
  ///   - configuration: What to do.
  ///   - output: The folder of all runs; nil: nothing is written.
  ///   - name: The run's name; nil: the next number.
  /// - Throws: ``ConfigurationError``, ``DatasetError`` or ``FileError``; then no folder was created.
  public init(_ configuration: TrainingConfiguration, output: String? = "runs", name: String? = nil) throws {
    try configuration.validate()
    let data = try TrainingData(configuration)
    training = data.training
    validation = data.validation
    var resolved = configuration
    resolved.optimization.learningRate = configuration.optimization.resolvedLearningRate(
      inputCount: configuration.network(classes: training.classes.count).inputCount)
    self.configuration = resolved
    try require(
      validation != nil || !configuration.optimization.schedule.kind.needsValidation, "schedule",
      "\(configuration.optimization.schedule.kind.rawValue) follows the validation loss, and there are no "
        + "images to validate on; set val or val-fraction, or use another schedule")
    for ignored in data.ignoredFolders {
      notices.append(
        "\(configuration.data)/\(ignored): not looked at; only train/ and its validation folder are")
    }
    if training.count < configuration.optimization.batchSize {
      notices.append(
        "batch-size \(configuration.optimization.batchSize) is more than the \(training.count) training images: "
          + "each epoch is one smaller minibatch")
    }
    madeOutput = output.map { !FileManager.default.fileExists(atPath: $0) } ?? false
    folder = try output.map { try RunFolder.create(in: $0, name: name) }
  }

  /// Trains, validating after each epoch, and writes checkpoints and the model.
  ///
  /// - Parameter observers: Are told of everything that happens, in order, on this thread.
  /// - Throws: ``DivergenceError``, ``DatasetError`` where no image can be read, ``BadSample`` or
  ///   ``TooManyBadFiles`` as the configuration says, ``FileError``, or what an observer throws. A folder in which
  ///   no epoch was completed is removed, unless bad files are listed in it.
  @discardableResult
  public func train(observers: [any TrainingObserver] = []) throws -> TrainingSummary {
    do {
      return try run(observers)
    } catch {
      if let folder, !(error is TooManyBadFiles),
        !FileManager.default.fileExists(atPath: folder.lastCheckpoint)
      {
        try? FileManager.default.removeItem(atPath: folder.path)
        // The folder of all runs goes, too, if this run made it and no other is in it.
        if madeOutput { rmdir(splitPath(folder.path).folder) }
      }
      throw error
    }
  }

  /// Trains and tells a closure of everything that happens.
  @discardableResult
  public func train(_ observe: @escaping (TrainingEvent) -> Void) throws -> TrainingSummary {
    try train(observers: [ClosureObserver(observe)])
  }

  private func run(_ observers: [any TrainingObserver]) throws -> TrainingSummary {
    let began = MonotonicClock.now()
    let options = configuration.optimization
    let preprocessing = try measuredPreprocessing()
    let network = network(for: training)
    let team = try WorkerTeam(count: configuration.execution.resolvedWorkers, name: "worker")
    defer { team.shutdown() }
    let trainer = try Trainer(network: network, options: options, seed: configuration.seed, team: team)
    let validator = try validation.map { dataset in
      try Validator(
        dataset: dataset,
        loading: ImageLoading(preprocessing: preprocessing, seed: configuration.seed)
          .reading(configuration.reading),
        network: network, configuration: configuration, team: team)
    }
    let producer = try producer(for: training, preprocessing: preprocessing)
    defer { producer.stop() }

    try writeConfiguration()
    var badFiles = BadFileList()
    let tell = { (event: TrainingEvent) in
      for observer in observers { try observer.receive(event) }
    }
    try tell(
      .started(
        TrainingStart(
          folder: folder?.path, configuration: configuration, classes: training.classes,
          trainingCount: training.count, validationCount: validation?.count ?? 0,
          network: network.configuration, parameterCount: network.parameterCount,
          stepsPerEpoch: producer.stepsPerEpoch, firstEpoch: 0)))
    for notice in notices { try tell(.notice(notice)) }

    func model(_ parameters: [Float]) -> Model {
      Model(
        network: network.configuration, classes: training.classes, preprocessing: preprocessing,
        parameters: parameters, recipe: configuration.recipe)
    }
    func checkpoint(_ trainer: Trainer, epochsDone: Int) -> Checkpoint {
      Checkpoint(
        model: model(trainer.weights.values), vectors: trainer.step.vectors,
        stepsDone: trainer.step.stepsDone,
        epochsDone: epochsDone)
    }
    var epochsDone = 0
    func observe(_ event: TrainingEvent, of trainer: Trainer) throws {
      if case .fileSkipped(let skipped) = event, !badFiles.add(skipped) { return }
      try tell(event)
      if case .fileSkipped = event { try checkCount(of: badFiles) }
      guard let folder, case .epochFinished(let report) = event else { return }
      epochsDone = report.epoch + 1
      let checkpoint = checkpoint(trainer, epochsDone: epochsDone)
      try checkpoint.save(to: folder.lastCheckpoint)
      try tell(.checkpointSaved(path: folder.lastCheckpoint))
      if report.isBest {
        try checkpoint.save(to: folder.bestCheckpoint)
        try tell(.checkpointSaved(path: folder.bestCheckpoint))
      }
    }

    let epochs: Int
    do {
      epochs = try trainer.train(
        on: minibatches(of: producer, preprocessing: preprocessing),
        validate: { weights in
          try validator?.validate(weights) { try observe(.fileSkipped($0), of: trainer) }
        },
        observe: { try observe($0, of: trainer) })
    } catch {
      // What was learned until an interruption is worth keeping; what diverged is not.
      if let folder, trainer.step.stepsDone > 0, !(error is DivergenceError) {
        try? checkpoint(trainer, epochsDone: epochsDone).save(to: folder.lastCheckpoint)
      }
      throw error
    }
    producer.stop()
    guard var best = trainer.best, best.steps > 0 else {
      throw TrainingError.nothingTrained(data: configuration.data)
    }
    if options.refits, let validation {
      let all = training.joined(with: validation)
      try tell(.notice("refit: training afresh on all \(all.count) images for \(best.steps) steps"))
      let second = try Trainer(
        network: self.network(for: all), options: options, seed: configuration.seed, team: team)
      let source = try self.producer(for: all, preprocessing: preprocessing)
      defer { source.stop() }
      try second.refit(
        steps: best.steps, stepsPerEpoch: producer.stepsPerEpoch, after: trainer,
        on: minibatches(of: source, preprocessing: preprocessing), observe: { try observe($0, of: second) })
      // What the first part has measured stays the run's figure: nothing is left to measure the second on.
      best = Trainer.BestEpoch(
        parameters: second.weights.values, report: best.report, steps: second.step.stepsDone)
    }
    if let folder { try model(best.parameters).save(to: folder.model) }
    let summary = TrainingSummary(
      folder: folder?.path, modelPath: folder?.model, model: model(best.parameters), best: best.report,
      epochs: epochs, seconds: Double(MonotonicClock.now() - began) * 1e-9, skipped: badFiles.all,
      warned: trainer.warned.count + (validator?.warned.count ?? 0))
    try tell(.finished(summary))
    return summary
  }

  private func network(for dataset: Dataset) -> Network { configuration.network(for: dataset) }

  private func producer(for dataset: Dataset, preprocessing: Preprocessing) throws -> MinibatchProducer {
    try configuration.producer(
      for: dataset, preprocessing: preprocessing, epochs: 0..<configuration.optimization.epochs)
  }

  private func minibatches(
    of producer: MinibatchProducer, preprocessing: Preprocessing
  ) -> any MinibatchSource {
    configuration.minibatches(
      of: producer, preprocessing: preprocessing, classCount: training.classes.count)
  }

  private func checkCount(of bad: BadFileList) throws(TooManyBadFiles) {
    let total = training.count + (validation?.count ?? 0)
    let limit = configuration.reading.maxBad
    guard bad.all.count > limit.files(of: total) else { return }
    throw TooManyBadFiles(
      data: configuration.data, count: bad.all.count, total: total, limit: limit, list: folder?.badFiles)
  }

  private func measuredPreprocessing() throws -> Preprocessing {
    let plain = try Preprocessing(size: configuration.imageSize, channels: configuration.channels)
    let normalization =
      try configuration.normalization
      ?? NormalizationEstimate.measure(
        training, preprocessing: plain, limits: configuration.reading.decodeLimits,
        maxFileBytes: configuration.reading.maxFileBytes, onBadSample: configuration.reading.onBadFile,
        loaders: configuration.execution.resolvedLoaders
      ).normalization
    return try Preprocessing(size: plain.size, channels: plain.channels, normalization: normalization)
  }

  private func writeConfiguration() throws {
    guard let folder else { return }
    try DurableFile.write(try ConfigurationFile.text(of: configuration), to: folder.configuration)
    try DurableFile.write(training.classes.joined(separator: "\n") + "\n", to: folder.classes)
  }
}

/// Why a run ended without a model.
public enum TrainingError: Error, Sendable, Hashable, CustomStringConvertible {
  /// No step was done.
  case nothingTrained(data: String)

  /// One line.
  public var description: String {
    switch self {
    case .nothingTrained(let data): "\(data): no image could be trained on; check the files listed as bad"
    }
  }
}

private final class ClosureObserver: TrainingObserver {
  private let observe: (TrainingEvent) -> Void

  init(_ observe: @escaping (TrainingEvent) -> Void) { self.observe = observe }

  func receive(_ event: TrainingEvent) { observe(event) }
}
