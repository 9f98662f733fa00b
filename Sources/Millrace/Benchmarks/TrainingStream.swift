import MillraceImages
import MillracePipeline

/// The minibatches of a training run, without end: what a benchmark takes its windows from.
final class TrainingStream {
  /// The images trained on, without those set aside for validation.
  let dataset: Dataset

  private let preprocessing: Preprocessing
  private let configuration: TrainingConfiguration
  /// Minibatches in a row in which every file was bad.
  private var emptyMinibatches = 0

  /// Finds the data.
  init(_ configuration: TrainingConfiguration) throws {
    self.configuration = configuration
    dataset = try TrainingData(configuration).training
    preprocessing = try configuration.unmeasuredPreprocessing()
  }

  /// Starts loaders as training does.
  func producer(loaders: Int) throws -> MinibatchProducer {
    emptyMinibatches = 0
    return try configuration.producer(
      for: dataset, preprocessing: preprocessing, epochs: 0..<1_000_000, loaders: loaders,
      measuresStages: true)
  }

  /// The minibatches of a producer as training takes them, mixed where the policy says so.
  func minibatches(of producer: MinibatchProducer) -> any MinibatchSource {
    configuration.minibatches(
      of: producer, preprocessing: preprocessing, classCount: dataset.classes.count)
  }

  /// The next minibatch.
  ///
  /// - Throws: What loading throws, or ``DatasetError/noReadableImage(first:)`` after an epoch without an image.
  func next(of source: any MinibatchSource) throws -> Minibatch {
    guard let minibatch = try source.next() else {
      preconditionFailure("a stream of a million epochs came to its end")
    }
    emptyMinibatches = minibatch.count > 0 ? 0 : emptyMinibatches + 1
    if emptyMinibatches >= minibatch.stepsPerEpoch, let first = minibatch.skipped.first {
      source.release(minibatch)
      throw DatasetError.noReadableImage(first: "\(first.path): \(first.reason)")
    }
    return minibatch
  }
}
