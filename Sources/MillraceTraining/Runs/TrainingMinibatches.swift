package import MillraceImages
import MillraceModels
package import MillraceNetwork
package import MillracePipeline
import MillraceShards

// The network of a run and its minibatches, made from the configuration in one place, so that a benchmark
// measures what training does.
extension TrainingConfiguration {
  /// The network with everything that acts on it in training.
  package func network(for dataset: Dataset) -> Network {
    Network(
      network(classes: dataset.classes.count),
      options: networkTraining(countPerClass: dataset.countPerClass))
  }

  /// How a training image becomes a row.
  ///
  /// - Parameter measuresStages: Whether the loaders measure how long their stages take.
  package func loading(_ preprocessing: Preprocessing, measuresStages: Bool = false) -> ImageLoading {
    ImageLoading(
      preprocessing: preprocessing, policy: augment, seed: trainingSeed, measuresStages: measuresStages
    ).reading(reading)
  }

  /// How a validation image becomes a row.
  func validationLoading(_ preprocessing: Preprocessing) -> ImageLoading {
    ImageLoading(preprocessing: preprocessing, seed: seed).reading(reading)
  }

  /// A cache of a data set's images as a loading decodes them, in the memory of a run.
  package func cache(of dataset: Dataset, loading: ImageLoading, in memory: CacheMemory?) -> ImageCache? {
    memory.map { ImageCache(dataset: dataset, form: loading.canonicalForm, memory: $0) }
  }

  /// Starts the loaders of a data set's images.
  ///
  /// - Parameters:
  ///   - loading: A result of ``loading(_:measuresStages:)``.
  ///   - epochs: The epochs to go through.
  ///   - start: The first minibatch; nil: that of the first epoch.
  ///   - cache: The memory for decoded images; nil where none are kept.
  ///   - loaders: The number of threads; nil: as configured.
  ///   - ranks: The processes that share each minibatch.
  package func producer(
    for dataset: Dataset, loading: ImageLoading, epochs: Range<Int>, start: MinibatchPosition? = nil,
    cache: ImageCache?, loaders: Int? = nil, ranks: Ranks = .alone
  ) throws -> MinibatchProducer {
    try MinibatchProducer(
      dataset: dataset, loading: loading, shuffles: true, balances: balance == .sampling, cache: cache,
      options: MinibatchProducer.Options(
        batchSize: optimization.batchSize, leastRest: optimization.cut(of: dataset.count).leastRest,
        epochs: epochs, start: start, loaders: loaders ?? execution.resolvedLoaders, slots: execution.queue,
        onBadSample: reading.onBadFile,
        // A row may be mixed with any other row of its minibatch: then each rank loads them all.
        part: augment.batch.isNone ? part(for: ranks) : .whole))
  }

  /// The part of a minibatch that this process loads.
  func part(for ranks: Ranks) -> MinibatchPart {
    if ranks.isAlone { return .whole }
    return RankPlan(shards: ShardPlan(count: optimization.resolvedShards), ranks: ranks.count)
      .part(of: ranks.rank)
  }

  /// The loaded minibatches, mixed where the policy says so.
  package func minibatches(
    of producer: MinibatchProducer, preprocessing: Preprocessing, classCount: Int, ranks: Ranks = .alone,
    saving: CheckpointTimer? = nil
  ) -> any MinibatchSource {
    let source = ranks.share(producer, isWhole: !augment.batch.isNone, saving: saving)
    if augment.batch.isNone { return source }
    return MixedMinibatches(
      source, augmentation: augment.batch, preprocessing: preprocessing, classes: classCount,
      capacity: producer.capacity, seed: trainingSeed)
  }
}
