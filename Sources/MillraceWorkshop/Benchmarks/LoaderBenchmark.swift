import MillraceModels
import MillracePipeline
package import MillraceTraining

/// How fast files become minibatches, with one loader and with more, and how the time is spent.
package struct LoaderBenchmark: Sendable {
  /// The speed with one number of loaders.
  package struct Measurement: Sendable, Encodable {
    /// The number of producer threads.
    package let loaders: Int
    /// Images a second: the median.
    package let imagesPerSecond: Double
    /// Images a second in the slowest window.
    package let imagesPerSecondLow: Double
    /// Images a second in the fastest window.
    package let imagesPerSecondHigh: Double
    /// The share of the loaders' time for which they waited for room, from 0 to 1. The benchmark takes minibatches
    /// as fast as they come, so this is the cost of the ring itself.
    package let loaderWait: Double
    /// The stages of loading an image.
    package let stages: StageShares
  }

  /// The result of a benchmark.
  package struct Result: Sendable, Encodable {
    /// Images a second with the configured number of loaders: the median.
    package let imagesPerSecond: Double
    /// The configured number of loaders.
    package let loaders: Int
    /// The stages of loading an image, with the configured number of loaders.
    package let stages: StageShares
    /// The share of the loaders' time for which they waited for room, with the configured number of loaders.
    package let loaderWait: Double
    /// The number of images in the data set.
    package let images: Int
    /// The images whose pixels stayed in memory.
    package let cache: CachedImages
    /// The number of files that were tried and could not be used.
    package let badFiles: Int
    /// The images in each minibatch.
    package let batchSize: Int
    /// The measurements with one number of loaders after another.
    package let scaling: [Measurement]
    /// The conclusion in one sentence.
    package let verdict: String
  }

  /// How long the benchmark measures.
  package var timing = BenchmarkTiming()

  /// The defaults.
  package init() {}

  /// Measures loading as training does it: with the same order, augmentation, minibatches and threads.
  ///
  /// - Parameter configuration: The data and image settings, and the largest number of loaders.
  /// - Throws: ``ConfigurationError``, `DatasetError` or `ThreadError`.
  package func run(_ configuration: TrainingConfiguration) throws -> Result {
    try configuration.validate()
    try timing.validate()
    let stream = try TrainingStream(configuration)
    let configuration = stream.configuration
    var badFiles = Set<ExactText>()
    let most = configuration.execution.resolvedLoaders
    let scaling = try BenchmarkTiming.threadCounts(upTo: most).map {
      try measure(stream, loaders: $0, badFiles: &badFiles)
    }
    let last = scaling[scaling.count - 1]
    return Result(
      imagesPerSecond: last.imagesPerSecond, loaders: most, stages: last.stages, loaderWait: last.loaderWait,
      images: stream.dataset.count, cache: stream.cached, badFiles: badFiles.count,
      batchSize: configuration.optimization.batchSize,
      scaling: scaling, verdict: Self.verdict(scaling))
  }

  private func measure(
    _ stream: TrainingStream, loaders: Int, badFiles: inout Set<ExactText>
  ) throws -> Measurement {
    let producer = try stream.producer(loaders: loaders)
    defer { producer.stop() }
    var seen = 0
    var bad: Set<ExactText> = []
    var meter = ProducerMeter(producer)
    let rate = try timing.measure(
      {
        let minibatch = try stream.next(of: producer)
        defer { producer.release(minibatch) }
        for sample in minibatch.skipped { bad.insert(ExactText(sample.path)) }
        seen += minibatch.count + minibatch.skipped.count
        return minibatch.count
      },
      // The warm-up visits every image once, so that our caches and the system's hold what they can hold.
      isWarm: { seen >= stream.dataset.count },
      didWarmUp: { meter = ProducerMeter(producer) })
    badFiles.formUnion(bad)
    let times = meter.read(producer)
    return Measurement(
      loaders: loaders, imagesPerSecond: rate.median, imagesPerSecondLow: rate.low,
      imagesPerSecondHigh: rate.high, loaderWait: times.loaderWait, stages: times.stages)
  }

  private static func verdict(_ scaling: [Measurement]) -> String {
    let last = scaling[scaling.count - 1]
    let (stage, share) = last.stages.largest
    let focus = "Most of an image's time goes to \(stage) (\(Int((share * 100).rounded())) %)"
    guard scaling.count > 1 else { return focus + "." }
    let speedup = ((last.imagesPerSecond / scaling[0].imagesPerSecond) * 10).rounded() / 10
    return "\(focus); \(last.loaders) loaders are \(speedup) times as fast as one."
  }
}
