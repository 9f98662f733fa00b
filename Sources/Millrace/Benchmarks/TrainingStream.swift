import MillraceImages
import MillracePipeline

/// The minibatches of a training run, without end: what a benchmark takes its windows from.
final class TrainingStream {
  /// The images trained on, without those set aside for validation.
  let dataset: Dataset

  private let loading: ImageLoading
  private let configuration: TrainingConfiguration
  /// Minibatches in a row in which every file was bad.
  private var emptyMinibatches = 0

  /// Finds the data.
  init(_ configuration: TrainingConfiguration) throws {
    self.configuration = configuration
    dataset = try TrainingData(configuration).training
    loading = ImageLoading(
      preprocessing: try configuration.unmeasuredPreprocessing(),
      policy: configuration.augment, seed: configuration.seed, measuresStages: true)
  }

  /// Starts loaders as training does.
  func producer(loaders: Int) throws -> MinibatchProducer {
    emptyMinibatches = 0
    return try MinibatchProducer(
      dataset: dataset, loading: loading, shuffles: true,
      options: MinibatchProducer.Options(
        batchSize: configuration.optimization.batchSize, epochs: 0..<1_000_000, loaders: loaders,
        slots: configuration.execution.queue))
  }

  /// The next minibatch.
  ///
  /// - Throws: What loading throws, or ``DatasetError/noReadableImage(first:)`` after an epoch without an image.
  func next(of producer: MinibatchProducer) throws -> Minibatch {
    guard let minibatch = try producer.next() else {
      preconditionFailure("a stream of a million epochs came to its end")
    }
    emptyMinibatches = minibatch.count > 0 ? 0 : emptyMinibatches + 1
    if emptyMinibatches >= minibatch.stepsPerEpoch, let first = minibatch.skipped.first {
      producer.release(minibatch)
      throw DatasetError.noReadableImage(first: "\(first.path): \(first.reason)")
    }
    return minibatch
  }
}
