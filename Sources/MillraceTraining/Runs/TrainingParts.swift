package import MillraceImages
package import MillraceModels
import MillraceNetwork
package import MillracePipeline
import MillraceShards
package import MillraceThreads

/// A part of a run that is under way: its trainer, and the way to make a checkpoint of this moment.
package struct PartUnderWay {
  package let trainer: Trainer
  /// Makes the checkpoint, and nil on a rank that writes none. Every rank must call it, since each has a part
  /// of it.
  package let checkpoint: () throws -> Checkpoint?

  /// Trains, and saves what was learned until an error, unless the training diverged. Where only one rank has
  /// failed, nothing is saved, since the parts of the others cannot be reached.
  func saved(by recorder: RunRecorder, _ ranks: Ranks, _ body: () throws -> Void) throws {
    do {
      try body()
    } catch {
      let isWorthIt = !(error is DivergenceError) && !(error is CheckpointError) && ranks.isShared(error)
      if isWorthIt, recorder.timer.stepsUnsaved > 0 { try recorder.save(checkpoint) }
      throw error
    }
  }
}

/// The two parts of a run, most of which have only the first: the training that finds the best epoch, and the
/// refit on all images for as many steps. Both can go on from a checkpoint.
package struct TrainingParts {
  package let configuration: TrainingConfiguration
  package let training: Dataset
  package let validation: Dataset?
  package let preprocessing: Preprocessing
  /// The parameters with which both parts begin; nil: they follow from the seed.
  let initialParameters: [Float]?
  /// ``TrainingState/initialWeights``.
  let initialChecksum: UInt32?
  package let team: WorkerTeam
  let recorder: RunRecorder
  /// The images that are left.
  package let remaining: RemainingImages
  /// The processes that train together.
  package let ranks: Ranks
  /// What this run shares with others, if there are any.
  package let images: SharedImages

  private var options: OptimizationOptions { configuration.optimization }

  /// The result of the parts.
  package struct Result {
    /// The weights that become the model.
    let parameters: [Float]
    let search: SearchResult
    /// The last epoch of the refit that gave the weights; nil without a refit.
    var refit: EpochReport?
  }

  /// Trains to the end.
  ///
  /// - Parameter checkpoint: Where to go on; nil: from the beginning.
  package func train(from checkpoint: Checkpoint?) throws -> Result {
    if let checkpoint, let search = checkpoint.state.search {
      return try refit(after: search, from: checkpoint)
    }
    let first = try self.search(from: checkpoint)
    guard options.refits, validation != nil else { return first }
    return try refit(after: first.search, from: nil)
  }

  /// The images to train on: in a refit also the validation images.
  package func data(inRefit: Bool) -> Dataset {
    guard inRefit, let validation else { return training }
    return training.joined(with: validation)
  }

  /// The number of minibatches in an epoch.
  package func steps(of dataset: Dataset) -> Int { options.cut(of: dataset.count).stepsPerEpoch }

  /// A model of some weights, not calibrated.
  package func model(_ parameters: [Float]) -> Model {
    Model(
      network: configuration.network(classes: training.classes.count), classes: training.classes,
      preprocessing: preprocessing, parameters: parameters, recipe: configuration.recipe)
  }

  package func trainer(for dataset: Dataset) throws -> Trainer {
    try Trainer(
      network: configuration.network(for: dataset), options: options, seed: configuration.trainingSeed,
      parameters: initialParameters, capacity: options.cut(of: dataset.count).capacity, team: team,
      ranks: ranks)
  }

  // MARK: The first part

  /// Whether an epoch that is the best so far gets a file of its own. Where the last epoch is kept, each
  /// epoch is the best so far, and the checkpoint holds the same weights until the last one is done.
  private func hasFile(_ epoch: Int) -> Bool {
    options.earlyStopping.metric != .last || epoch == options.epochs - 1
  }

  private func search(from checkpoint: Checkpoint?) throws -> Result {
    let trainer = try advance(from: checkpoint, until: options.epochs).trainer
    guard let best = trainer.best, best.steps > 0 else {
      throw TrainingError.nothingTrained(data: configuration.data)
    }
    var search = SearchResult(
      best: best.report, steps: best.steps, stepsPerEpoch: steps(of: training),
      epochs: trainer.progress.position.epoch, validationLosses: trainer.progress.validationLosses)
    search.calibration = try calibration(of: best.parameters)
    return Result(parameters: best.parameters, search: search)
  }

  /// What makes weights as sure as they are right on the validation images; nil where that is not wanted, or where the
  /// images tell too little. The first rank looks for all.
  private func calibration(of parameters: [Float]) throws -> TemperatureFit? {
    guard configuration.fitsTemperature, let validation else { return nil }
    let cache = try images.cache(
      of: validation, loading: configuration.validationLoading(preprocessing),
      execution: configuration.execution)
    let fit = try ranks.fromFirst { () throws -> TemperatureFit? in
      var count = 0
      let evaluation = try model(parameters).evaluate(
        validation, topK: 1, mistakes: 0, options: configuration.inferenceOptions, cache: cache
      ) { _ in
        count += 1
        // What the first rank alone is told the others must not wait for.
        if ranks.isAlone, count.isMultiple(of: Model.evaluationBatchSize) {
          try recorder.tell(.validating(images: count))
        }
      }
      return TemperatureFit(to: evaluation.outputs)
    }
    if fit == nil { try recorder.tell(.notice(TrainingConfiguration.notCalibrated(validation.count))) }
    return fit
  }

  /// Trains until some epochs are done, or until validation has stopped improving.
  ///
  /// - Returns: The part in its state at that moment.
  @discardableResult
  package func advance(from checkpoint: Checkpoint?, until end: Int) throws -> PartUnderWay {
    let part = try begin(on: training, from: checkpoint, search: nil)
    let trainer = part.trainer
    if let best = trainer.best, recorder.keepsEpochs, hasFile(best.report.epoch), let folder = recorder.folder
    {
      // The file of the best epoch may be lost, or older or newer than the checkpoint, which also holds its
      // weights.
      try recorder.save { try model(best.parameters).save(to: folder.bestCheckpoint) }
    }
    let validator = try validation.map { dataset in
      let loading = configuration.validationLoading(preprocessing)
      return try Validator(
        dataset: dataset, after: training, loading: loading,
        cache: images.cache(of: dataset, loading: loading, execution: configuration.execution),
        network: trainer.step.network, configuration: configuration, team: team, ranks: ranks)
    }
    try part.saved(by: recorder, ranks) {
      try withMinibatches(of: training, from: trainer.progress.position, until: end) { source in
        // Of an epoch under way, only its validation may be left.
        while (trainer.progress.running?.epoch ?? trainer.progress.position.epoch) < end,
          try trainer.trainEpoch(
            on: source, validate: { weights in try validator.map { try validate(weights, with: $0) } },
            observe: { try tell($0, of: part, validator: validator) })
        {
          let epoch = trainer.progress.position.epoch - 1
          let isBest = recorder.keepsEpochs && trainer.progress.best?.epoch == epoch && hasFile(epoch)
          try recorder.endEpoch(
            best: isBest ? model(trainer.weights.values) : nil, checkpoint: part.checkpoint)
        }
      }
    }
    return part
  }

  /// The loss of some weights on the validation images that can be used.
  ///
  /// - Throws: ``UnusableDataset`` where none can be used.
  private func validate(_ weights: FlatVector, with validator: Validator) throws -> LossSum {
    let sum = try validator.validate(weights, observe: recorder.tell)
    let (problems, notice) = remaining.validated(without: validator.skipped)
    if !problems.isEmpty {
      throw UnusableDataset(data: configuration.data, problems: problems, list: recorder.folder?.badFiles)
    }
    if let notice { try recorder.tell(.notice(notice)) }
    return sum
  }

  // MARK: The second part

  /// Trains afresh on all images for the steps that were found. The measurement of the first part stays the
  /// run's figure, since no images are left to measure the second part on.
  private func refit(after search: SearchResult, from checkpoint: Checkpoint?) throws -> Result {
    let all = data(inRefit: true)
    try recorder.tell(.notice("refit: training afresh on all \(all.count) images for \(search.steps) steps"))
    let part = try begin(on: all, from: checkpoint, search: search)
    let trainer = part.trainer
    // The images of two folders are another data set than those of each folder, and need the memory for
    // themselves.
    if !all.sharesNames(with: training) { images.forgetImages() }
    try part.saved(by: recorder, ranks) {
      try withMinibatches(of: all, from: trainer.progress.position, until: options.epochs) { source in
        while try trainer.refitEpoch(
          after: search, on: source, observe: { try tell($0, of: part, validator: nil) })
        {
          try recorder.endEpoch(best: nil, checkpoint: part.checkpoint)
        }
      }
    }
    return Result(
      parameters: trainer.weights.values, search: search, refit: trainer.best?.report)
  }

  // MARK: Both

  /// Makes a trainer that goes on from a checkpoint, and the way to make its own checkpoints.
  private func begin(on dataset: Dataset, from checkpoint: Checkpoint?, search: SearchResult?) throws
    -> PartUnderWay
  {
    let trainer = try trainer(for: dataset)
    if let checkpoint {
      try ranks.together {
        try checkpoint.check(
          parameterCount: trainer.step.parameters.count, vectorNames: trainer.step.vectorNames,
          steps: steps(of: dataset), epochs: options.epochs)
      }
      trainer.restore(
        checkpoint.state.progress, vectors: checkpoint.vectors, stepsDone: checkpoint.state.stepsDone)
    }
    let settings = configuration.resolvedSettings
    let values = Dictionary(uniqueKeysWithValues: settings.map { ($0.key, $0.text) })
    let choices = Dictionary(
      uniqueKeysWithValues: settings.compactMap { item in item.reason.map { (item.key, $0) } })
    let identities = (DatasetIdentity(training), validation.map(DatasetIdentity.init))
    return PartUnderWay(trainer: trainer) {
      try trainer.step.gatherStates()
      guard recorder.folder != nil else { return nil }
      return Checkpoint(
        model: model(trainer.weights.values), vectors: trainer.vectors,
        state: TrainingState(
          stepsDone: trainer.step.stepsDone, progress: trainer.progress, search: search, settings: values,
          choices: choices, training: identities.0, validation: identities.1, epochsTold: recorder.epochsTold,
          skipped: recorder.badFiles.all, warned: recorder.warned.sorted(), seconds: recorder.seconds,
          initialWeights: initialChecksum))
    }
  }

  /// Notifies the observers of an event; before an epoch's report also of its weights and validation in
  /// detail. Saves the epoch under way where that is due.
  private func tell(_ event: TrainingEvent, of part: PartUnderWay, validator: Validator?) throws {
    if recorder.hasObservers, case .epochFinished(let report) = event {
      let weights = FirstLayerWeights(
        configuration.network(classes: training.classes.count), parameters: part.trainer.weights.base,
        preprocessing: preprocessing)
      try recorder.tell(
        .epochExamined(
          EpochExamination(epoch: report.epoch, firstLayer: weights, validation: validator?.examination)))
    }
    try recorder.tell(event)
    if case .stepFinished = event, recorder.isCheckpointDue { try recorder.save(part.checkpoint) }
  }

  /// The minibatches from a position until some epochs are done, for as long as `body` takes them.
  package func withMinibatches(
    of dataset: Dataset, from start: MinibatchPosition, until end: Int,
    _ body: (any MinibatchSource) throws -> Void
  ) throws {
    let loading = configuration.loading(preprocessing)
    let producer = try configuration.producer(
      for: dataset, loading: loading, epochs: 0..<end, start: start,
      cache: images.cache(of: dataset, loading: loading, execution: configuration.execution), ranks: ranks)
    defer { producer.stop() }
    try body(
      ShownMinibatches(
        configuration.minibatches(
          of: producer, preprocessing: preprocessing, classCount: training.classes.count, ranks: ranks,
          saving: recorder.timer),
        of: dataset, preprocessing: preprocessing,
        show: recorder.wantsSamples ? { [recorder] in try recorder.tell(.samplesDrawn($0)) } : nil))
  }
}
