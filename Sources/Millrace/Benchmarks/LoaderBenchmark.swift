import MillracePipeline

/// How fast files become minibatches, for one loader and for more, and what the time goes to.
public struct LoaderBenchmark: Sendable {
  /// The speed with one number of loaders.
  public struct Measurement: Sendable, Encodable {
    /// Producer threads.
    public let loaders: Int
    /// Images a second: the median.
    public let imagesPerSecond: Double
    /// The slowest window's.
    public let imagesPerSecondLow: Double
    /// The fastest window's.
    public let imagesPerSecondHigh: Double
    /// The share of the loaders' time that they waited for room, from 0 to 1. The benchmark takes minibatches as
    /// fast as they come, so this is what the ring itself costs.
    public let loaderWait: Double
    /// The stages of loading an image.
    public let stages: StageShares
  }

  /// What was measured.
  public struct Result: Sendable, Encodable {
    /// Images a second with the configured number of loaders: the median.
    public let imagesPerSecond: Double
    /// That number of loaders.
    public let loaders: Int
    /// The stages of loading an image, with that number of loaders.
    public let stages: StageShares
    /// The share of the loaders' time that they waited for room, with that number of loaders.
    public let loaderWait: Double
    /// Images in the data set.
    public let images: Int
    /// Those of them whose pixels stayed in memory.
    public let cache: CachedImages
    /// Files among those tried that could not be used.
    public let badFiles: Int
    /// Images a minibatch.
    public let batchSize: Int
    /// One number of loaders after another.
    public let scaling: [Measurement]
    /// What it comes to, in one sentence.
    public let verdict: String
  }

  /// How long is measured.
  public var timing = BenchmarkTiming()

  /// The defaults.
  public init() {}

  /// Measures loading as training does it: the same order, augmentation, minibatches and threads.
  ///
  /// - Parameter configuration: The data and image settings, and the number of loaders to go up to.
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
      // Once around, so that the caches, ours and the system's, hold what they can hold.
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
