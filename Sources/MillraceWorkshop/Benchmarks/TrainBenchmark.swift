import MillraceModels
import MillraceNetwork
import MillracePipeline
import MillraceThreads
package import MillraceTraining

/// How fast training is as a whole, and which stage waits for the other.
package struct TrainBenchmark: Sendable {
  /// The result of a benchmark.
  package struct Result: Sendable, Encodable {
    /// Images a second: the median.
    package let imagesPerSecond: Double
    /// Images a second in the slowest window.
    package let imagesPerSecondLow: Double
    /// Images a second in the fastest window.
    package let imagesPerSecondHigh: Double
    /// The share of the time for which the workers waited for a minibatch, from 0 to 1.
    package let computeWait: Double
    /// The share of the loaders' time for which they waited for room, from 0 to 1.
    package let loaderWait: Double
    /// The number of gradient threads.
    package let workers: Int
    /// The number of producer threads.
    package let loaders: Int
    /// The images in each step.
    package let batchSize: Int
    /// The widths of the network, inputs first.
    package let widths: [Int]
    /// The number of images in the data set.
    package let images: Int
    /// The images whose pixels stayed in memory.
    package let cache: CachedImages
    /// The number of files that were tried and could not be used.
    package let badFiles: Int
    /// The stages of loading an image.
    package let stages: StageShares
    /// The conclusion in one sentence.
    package let verdict: String
  }

  /// How long the benchmark measures.
  package var timing = BenchmarkTiming()

  /// Waits below this share are no reason to change anything.
  private static let noticeable = 0.1

  /// The defaults.
  package init() {}

  /// Measures training without validation and checkpoints. Nothing is written.
  ///
  /// - Parameter configuration: The configuration of a training run.
  /// - Throws: ``ConfigurationError``, `DatasetError`, `ThreadError` or ``DivergenceError``.
  package func run(_ configuration: TrainingConfiguration) throws -> Result {
    try configuration.validate()
    try timing.validate()
    let stream = try TrainingStream(configuration)
    let configuration = stream.configuration
    let network = configuration.network(for: stream.dataset)
    let execution = configuration.execution
    let team = try WorkerTeam(count: execution.resolvedWorkers)
    defer { team.shutdown() }
    let step = try Trainer(
      network: network, options: configuration.optimization, seed: configuration.seed,
      capacity: configuration.optimization.cut(of: stream.dataset.count).capacity, team: team
    ).step
    let learningRate = configuration.optimization.resolvedLearningRate(
      for: configuration.network(classes: stream.dataset.classes.count))
    let producer = try stream.producer(loaders: execution.resolvedLoaders)
    defer { producer.stop() }
    let source = stream.minibatches(of: producer)

    var seen = 0
    var bad: Set<ExactText> = []
    var meter = ProducerMeter(producer)
    let rate = try timing.measure(
      {
        let minibatch = try stream.next(of: source)
        defer { source.release(minibatch) }
        for sample in minibatch.skipped { bad.insert(ExactText(sample.path)) }
        seen += minibatch.count + minibatch.skipped.count
        if minibatch.count > 0 {
          _ = try step.run(minibatch, learningRate: learningRate)
        }
        return minibatch.count
      },
      isWarm: { seen >= stream.dataset.count }, didWarmUp: { meter = ProducerMeter(producer) })
    let times = meter.read(producer)
    return Result(
      imagesPerSecond: rate.median, imagesPerSecondLow: rate.low, imagesPerSecondHigh: rate.high,
      computeWait: times.computeWait, loaderWait: times.loaderWait, workers: team.count,
      loaders: producer.producerCount, batchSize: configuration.optimization.batchSize,
      widths: network.widths,
      images: stream.dataset.count, cache: stream.cached, badFiles: bad.count, stages: times.stages,
      verdict: Self.verdict(
        computeWait: times.computeWait, loaderWait: times.loaderWait, stages: times.stages))
  }

  private static func verdict(computeWait: Double, loaderWait: Double, stages: StageShares) -> String {
    let compute = "\(Int((computeWait * 100).rounded())) %"
    let loader = "\(Int((loaderWait * 100).rounded())) %"
    if computeWait >= noticeable && computeWait >= loaderWait {
      let (stage, share) = stages.largest
      return """
        Loading is the bottleneck: the workers waited \(compute) of the time for data, and \
        \(Int((share * 100).rounded())) % of loading an image is \(stage).
        """
    }
    if loaderWait >= noticeable {
      return "Computing is the bottleneck: the loaders waited \(loader) of their time for room."
    }
    return """
      Neither waits for the other: the workers \(compute) of the time, the loaders \(loader). The processors are \
      the limit.
      """
  }
}
