import MillraceNetwork
import MillracePipeline
import MillraceThreads

/// Measures the loss of weights on a data set, again and again, without augmentation.
final class Validator {
  private let dataset: Dataset
  private let loading: ImageLoading
  private let batchSize: Int
  private let execution: ExecutionOptions
  private let onBadFile: BadSamplePolicy
  private let inference: ShardedInference
  /// Samples that were decoded with warnings.
  private(set) var warned: Set<Int32> = []

  init(
    dataset: Dataset, loading: ImageLoading, network: Network, configuration: TrainingConfiguration,
    team: WorkerTeam
  ) throws {
    self.dataset = dataset
    self.loading = loading
    batchSize = configuration.optimization.batchSize
    execution = configuration.execution
    onBadFile = configuration.reading.onBadFile
    inference = ShardedInference(
      network: network, capacity: batchSize,
      plan: ShardPlan(count: configuration.optimization.resolvedShards),
      team: team)
  }

  /// The loss of the weights over the whole data set.
  ///
  /// - Parameters:
  ///   - parameters: The weights.
  ///   - onSkipped: Is told of files that cannot be used.
  func validate(_ parameters: FlatVector, onSkipped: (SkippedSample) throws -> Void) throws -> LossSum {
    let producer = try MinibatchProducer(
      dataset: dataset, loading: loading, shuffles: false,
      options: MinibatchProducer.Options(
        batchSize: batchSize, epochs: 0..<1, loaders: execution.resolvedLoaders, slots: execution.queue,
        onBadSample: onBadFile))
    defer { producer.stop() }
    var sum = LossSum()
    while let minibatch = try producer.next() {
      defer { producer.release(minibatch) }
      for skipped in minibatch.skipped { try onSkipped(skipped) }
      warned.formUnion(minibatch.warned)
      if minibatch.count > 0 { sum += try inference.run(minibatch, parameters: parameters.base) }
    }
    return sum
  }
}
