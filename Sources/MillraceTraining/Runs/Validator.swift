import MillraceModels
import MillraceNetwork
import MillracePipeline
import MillraceShards
import MillraceThreads

/// Measures the loss of weights on a data set, again and again, without augmentation.
final class Validator {
  private let dataset: Dataset
  private let loading: ImageLoading
  private let cache: ImageCache?
  private let batchSize: Int
  private let execution: ExecutionOptions
  private let onBadFile: BadSamplePolicy
  private let inference: ShardedInference
  private let network: NetworkConfiguration
  private let ranks: Ranks
  private let part: MinibatchPart
  /// What the last validation showed.
  private(set) var examination: ValidationExamination?
  /// The files that the last validation could not use, numbered as in ``TrainingEvent/fileSkipped(_:)``.
  private(set) var skipped: [SkippedSample] = []
  /// The number of the data set's first sample in the whole run.
  private let firstNumber: Int32

  init(
    dataset: Dataset, after training: Dataset, loading: ImageLoading, cache: ImageCache?,
    network: Network, configuration: TrainingConfiguration, team: WorkerTeam, ranks: Ranks
  ) throws {
    self.dataset = dataset
    self.ranks = ranks
    part = configuration.part(for: ranks)
    self.network = configuration.network(classes: dataset.classes.count)
    firstNumber = Int32(training.count)
    self.loading = loading
    self.cache = cache
    batchSize = min(configuration.optimization.batchSize, max(1, dataset.count))
    execution = configuration.execution
    onBadFile = configuration.reading.onBadFile
    inference = ShardedInference(
      network: network, capacity: batchSize,
      plan: ShardPlan(count: configuration.optimization.resolvedShards),
      team: team, group: ranks.group)
  }

  /// The loss of the weights over the whole data set; ``examination`` gets the details.
  ///
  /// - Parameters:
  ///   - parameters: The weights.
  ///   - observe: Gets the files that cannot be used, and each minibatch. An error that it throws ends the
  ///     validation.
  func validate(_ parameters: FlatVector, observe: (TrainingEvent) throws -> Void) throws -> LossSum {
    var tally = ValidationTally(dataset, loading: loading, network: network)
    let producer = try MinibatchProducer(
      dataset: dataset, loading: loading, shuffles: false, cache: cache,
      options: MinibatchProducer.Options(
        batchSize: batchSize, epochs: 0..<1, loaders: execution.resolvedLoaders, slots: execution.queue,
        onBadSample: onBadFile, part: part))
    defer { producer.stop() }
    let source = ranks.share(producer, isWhole: false)
    var sum = LossSum()
    skipped = []
    while let minibatch = try source.next() {
      defer { source.release(minibatch) }
      for bad in minibatch.skipped {
        let bad = SkippedSample(sample: bad.sample + Int(firstNumber), path: bad.path, reason: bad.reason)
        skipped.append(bad)
        try observe(.fileSkipped(bad))
      }
      if !minibatch.warned.isEmpty {
        try observe(.decodedWithWarnings(samples: minibatch.warned.map { $0 + firstNumber }))
      }
      if minibatch.totalCount > 0 {
        sum += try inference.run(minibatch, parameters: parameters.base)
        tally.add(minibatch, predictions: inference.predictions())
      }
      try observe(.validating(images: sum.count))
    }
    // What is not finite cannot be sent, and ends the run at once.
    if sum.loss.isFinite { try tally.merge(with: ranks.group) }
    examination = tally.examination
    return sum
  }
}
