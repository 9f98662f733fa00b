import MillraceModels
import MillracePipeline
public import MillraceTraining

/// How fast files become minibatches, with one loader and with more, and how the time is spent.
public struct LoaderBenchmark: Sendable {
  /// The speed with one number of loaders.
  public struct Measurement: Sendable, Encodable {
    /// The number of producer threads.
    public let loaders: Int
    /// Images a second: the median.
    public let imagesPerSecond: Double
    /// Images a second in the slowest window.
    public let imagesPerSecondLow: Double
    /// Images a second in the fastest window.
    public let imagesPerSecondHigh: Double
    /// The share of the loaders' time for which they waited for room, from 0 to 1. The benchmark takes minibatches
    /// as fast as they come, so this is the cost of the ring itself.
    public let loaderWait: Double
    /// The stages of loading an image.
    public let stages: StageShares
  }

  /// The result of a benchmark.
  public struct Result: Sendable, Encodable {
    /// Images a second with the configured number of loaders: the median.
    public let imagesPerSecond: Double
    /// The configured number of loaders.
    public let loaders: Int
    /// The stages of loading an image, with the configured number of loaders.
    public let stages: StageShares
    /// The share of the loaders' time for which they waited for room, with the configured number of loaders.
    public let loaderWait: Double
    /// The number of images in the data set.
    public let images: Int
    /// The images whose pixels stayed in memory.
    public let cache: CachedImages
    /// The number of files that were tried and could not be used.
    public let badFiles: Int
    /// The images in each minibatch.
    public let batchSize: Int
    /// The measurements with one number of loaders after another.
    public let scaling: [Measurement]
    /// The conclusion in one sentence.
    public let verdict: String
  }

  /// How long the benchmark measures.
  public var timing = BenchmarkTiming()

  /// The defaults.
  public init() {}

  /// Measures loading as training does it: with the same order, augmentation, minibatches and threads.
  ///
  /// - Parameter configuration: The data and image settings, and the largest number of loaders.
  /// - Throws: ``ConfigurationError``, `DatasetError` or `ThreadError`.
  public func run(_ configuration: TrainingConfiguration) throws -> Result {
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
