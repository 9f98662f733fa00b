import MillraceImages
import MillraceModels
import MillracePipeline
import MillraceTraining

/// The minibatches of a training run, without end, from which a benchmark takes its windows.
final class TrainingStream {
  /// The training images, without those set aside for validation.
  let dataset: Dataset

  private let preprocessing: Preprocessing
  /// The configuration with all automatic choices made.
  let configuration: TrainingConfiguration
  private let loading: ImageLoading
  /// The cache memory of the producer that was started last.
  private var memory: CacheMemory?
  private var cache: ImageCache?
  /// The number of minibatches in a row in which every file was bad.
  private var emptyMinibatches = 0

  /// Finds the data.
  init(_ configuration: TrainingConfiguration) throws {
    let data = try TrainingData(configuration)
    let configuration = try configuration.chosen(for: data)
    self.configuration = configuration
    dataset = data.training
    preprocessing = try configuration.preprocessing()
    loading = configuration.loading(preprocessing, measuresStages: true)
  }

  /// Starts loaders as training does, with an empty cache.
  func producer(loaders: Int) throws -> MinibatchProducer {
    emptyMinibatches = 0
    cache = nil
    memory = try configuration.execution.cacheMemory()
    cache = configuration.cache(of: dataset, loading: loading, in: memory)
    return try configuration.producer(
      for: dataset, loading: loading, epochs: 0..<1_000_000, cache: cache, loaders: loaders)
  }

  /// The decoded images that were kept so far.
  var cached: CachedImages { CachedImages(images: cache?.count ?? 0, bytes: memory?.used ?? 0) }

  /// The minibatches of a producer as training takes them, mixed where the policy says so.
  func minibatches(of producer: MinibatchProducer) -> any MinibatchSource {
    configuration.minibatches(
      of: producer, preprocessing: preprocessing, classCount: dataset.classes.count)
  }

  /// The next minibatch.
  ///
  /// - Throws: What loading throws, or `DatasetError/noReadableImage(first:)` after an epoch without an image.
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

/// The contents of a cache.
package struct CachedImages: Sendable, Encodable {
  /// The number of decoded images.
  package let images: Int
  /// The memory that the images take, in bytes.
  package let bytes: Int
}
