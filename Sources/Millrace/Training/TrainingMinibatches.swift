import MillraceImages
import MillraceNetwork
import MillracePipeline

// What a run trains and what it trains on, made from the configuration: in one place, so that a benchmark measures
// what training does.
extension TrainingConfiguration {
  /// The network with everything that acts on it in training.
  func network(for dataset: Dataset) -> Network {
    Network(
      network(classes: dataset.classes.count),
      options: networkTraining(countPerClass: dataset.countPerClass))
  }

  /// Starts the loaders of a data set's images.
  ///
  /// - Parameters:
  ///   - epochs: The epochs to go through.
  ///   - start: The first minibatch; nil: that of the first epoch.
  ///   - loaders: Threads; nil: as configured.
  ///   - measuresStages: Whether the loaders measure how long their stages take.
  func producer(
    for dataset: Dataset, preprocessing: Preprocessing, epochs: Range<Int>, start: MinibatchPosition? = nil,
    loaders: Int? = nil, measuresStages: Bool = false
  ) throws -> MinibatchProducer {
    try MinibatchProducer(
      dataset: dataset,
      loading: ImageLoading(
        preprocessing: preprocessing, policy: augment, seed: seed, measuresStages: measuresStages
      ).reading(reading),
      shuffles: true, balances: balance == .sampling,
      options: MinibatchProducer.Options(
        batchSize: optimization.batchSize, epochs: epochs, start: start,
        loaders: loaders ?? execution.resolvedLoaders, slots: execution.queue, onBadSample: reading.onBadFile)
    )
  }

  /// The loaded minibatches, mixed where the policy says so.
  func minibatches(
    of producer: MinibatchProducer, preprocessing: Preprocessing, classCount: Int
  ) -> any MinibatchSource {
    if augment.batch.isNone { return producer }
    return MixedMinibatches(
      producer, augmentation: augment.batch, preprocessing: preprocessing, classes: classCount,
      capacity: optimization.batchSize, seed: seed)
  }
}
