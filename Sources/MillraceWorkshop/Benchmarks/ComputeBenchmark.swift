import MillraceModels
import MillraceNetwork
import MillracePipeline
import MillraceRandom
import MillraceShards
import MillraceThreads
package import MillraceTraining

/// How fast training steps are where minibatches are already in memory, with one worker and with more.
package struct ComputeBenchmark: Sendable {
  /// The speed with one number of workers.
  package struct Measurement: Sendable, Encodable {
    /// The number of gradient threads.
    package let workers: Int
    /// Images a second: the median.
    package let imagesPerSecond: Double
    /// Images a second in the slowest window.
    package let imagesPerSecondLow: Double
    /// Images a second in the fastest window.
    package let imagesPerSecondHigh: Double
    /// The floating-point operations of the matrix products, in 10⁹ a second.
    package let gigaflops: Double
    /// The same for large matrix products of the same precision on as many threads, measured in the same benchmark.
    package let sgemmGigaflops: Double
    /// The share of the rate of plain products that the step reaches.
    package let shareOfSGEMM: Double
    /// The share of the step's time that its own matrix products take when they are computed alone, from 0 to 1; nil for a
    /// network with a stem, which computes its products within its layers.
    package let productShare: Double?
    /// The bytes of memory that a step holds, without minibatches.
    package let stepBytes: Int
  }

  /// The result of a benchmark.
  package struct Result: Sendable, Encodable {
    /// Images a second with the configured number of workers: the median.
    package let imagesPerSecond: Double
    /// The configured number of workers.
    package let workers: Int
    /// The share of the machine's rate in plain matrix products, with the configured number of workers.
    package let shareOfSGEMM: Double
    /// The share of the step's time that its own matrix products take, with the configured number of workers; nil for a
    /// network with a stem.
    package let productShare: Double?
    /// The widths of the network, inputs first.
    package let widths: [Int]
    /// The images in each step.
    package let batchSize: Int
    /// The number of parts in which a minibatch's gradient is computed.
    package let shards: Int
    /// Floating-point operations of the matrix products of one image, forward and backward.
    package let flopsPerImage: Double
    /// The name of the library that multiplies matrices.
    package let kernels: String
    /// The measurements with one number of workers after another.
    package let scaling: [Measurement]
    /// The conclusion in one sentence.
    package let verdict: String
  }

  /// How long the benchmark measures.
  package var timing = BenchmarkTiming()

  /// Steps use this many minibatches in turn, as in training, or as many as have this size together, so that the
  /// data are not all in the nearest cache.
  private static let (most, enoughBytes) = (4, 64 << 20)

  /// The defaults.
  package init() {}

  /// Measures the speeds.
  ///
  /// - Parameters:
  ///   - configuration: The image and network settings, and the largest number of workers.
  ///   - classCount: The number of the network's outputs, at least 2.
  /// - Throws: ``ConfigurationError`` or `ThreadError`.
  package func run(_ configuration: TrainingConfiguration, classCount: Int) throws -> Result {
    try configuration.validate()
    try timing.validate()
    let (network, configuration) = try Self.network(of: configuration, classCount: classCount)
    let batchSize = configuration.optimization.batchSize
    let bytes = batchSize * network.inputCount * MemoryLayout<Float>.stride
    let count = min(Self.most, (Self.enoughBytes + bytes - 1) / bytes)
    let minibatches = (0..<count).map {
      Self.syntheticMinibatch(network, batchSize: batchSize, seed: UInt64($0))
    }

    let most = configuration.execution.resolvedWorkers
    let scaling = try BenchmarkTiming.threadCounts(upTo: most).map {
      try measure(network, minibatches, configuration, workers: $0)
    }
    let last = scaling[scaling.count - 1]
    return Result(
      imagesPerSecond: last.imagesPerSecond, workers: most, shareOfSGEMM: last.shareOfSGEMM,
      productShare: last.productShare,
      widths: network.widths,
      batchSize: configuration.optimization.batchSize, shards: configuration.optimization.resolvedShards,
      flopsPerImage: network.trainingFlopsPerSample, kernels: network.kernel.description, scaling: scaling,
      verdict: Self.verdict(scaling, shards: configuration.optimization.resolvedShards))
  }

  /// The network that training would train, and the configuration with all automatic choices made.
  static func network(
    of configuration: TrainingConfiguration, classCount: Int
  ) throws -> (network: Network, configuration: TrainingConfiguration) {
    guard (2...1_000_000).contains(classCount) else {
      throw ConfigurationError(setting: "classes", problem: "must be from 2 to 1000000, got \(classCount)")
    }
    let configuration =
      try configuration.data.isEmpty
      ? configuration.chosen(for: .unknown) : configuration.chosen(for: TrainingData(configuration))
    let network = Network(
      configuration.network(classes: classCount),
      options: configuration.networkTraining(countPerClass: Array(repeating: 1, count: classCount)))
    return (network, configuration)
  }

  private func measure(
    _ network: Network, _ minibatches: [Minibatch], _ configuration: TrainingConfiguration, workers: Int
  ) throws -> Measurement {
    let team = try WorkerTeam(count: workers)
    defer { team.shutdown() }
    let (rate, stepBytes) = try measureSteps(network, minibatches, configuration, team)
    let batchSize = configuration.optimization.batchSize
    let shards = ShardPlan(count: configuration.optimization.resolvedShards)
    let products =
      network.layers.contains { $0 is Convolution }
      ? nil : StepProducts(network, minibatches[0], plan: shards, team: team)
    let productRate = try products.map { products in
      try timing.measure {
        try products.run()
        return batchSize
      }
    }
    let peak = try MatrixProductBenchmark(network.kernel).gigaflops(on: team)
    let gigaflops = rate.median * network.trainingFlopsPerSample * 1e-9
    return Measurement(
      workers: workers, imagesPerSecond: rate.median, imagesPerSecondLow: rate.low,
      imagesPerSecondHigh: rate.high, gigaflops: gigaflops, sgemmGigaflops: peak,
      shareOfSGEMM: gigaflops / peak, productShare: productRate.map { rate.median / $0.median },
      stepBytes: stepBytes)
  }

  /// The images a second of whole steps, and the bytes that a step holds.
  private func measureSteps(
    _ network: Network, _ minibatches: [Minibatch], _ configuration: TrainingConfiguration, _ team: WorkerTeam
  ) throws -> (rate: Rate, stepBytes: Int) {
    let step = try Trainer(
      network: network, options: configuration.optimization, seed: configuration.seed, team: team
    ).step
    var next = 0
    // Labels are random: a small rate keeps the weights, and so the arithmetic, ordinary.
    let rate = try timing.measure {
      let minibatch = minibatches[next % minibatches.count]
      next += 1
      _ = try step.run(minibatch, learningRate: 1e-4)
      return minibatch.count
    }
    return (rate, step.byteCount)
  }

  /// Random images that look like normalised ones, with random labels.
  private static func syntheticMinibatch(_ network: Network, batchSize: Int, seed: UInt64) -> Minibatch {
    var random = KeyedRandom(seed: seed, purpose: .preview)
    let minibatch = Minibatch(rows: batchSize, featureCount: network.inputCount)
    for row in 0..<batchSize {
      let features = minibatch.features(ofRow: row)
      for feature in 0..<minibatch.featureCount { features[feature] = random.uniform(-1, 1) }
    }
    for row in 0..<batchSize {
      minibatch.labels[row] = Int32(random.index(below: network.outputCount))
    }
    return minibatch
  }

  private static func verdict(_ scaling: [Measurement], shards: Int) -> String {
    let last = scaling[scaling.count - 1]
    let share = Int((last.shareOfSGEMM * 100).rounded())
    let products = last.productShare.map { share in
      "A step's own matrix products take \(Int((share * 100).rounded())) % of its time; steps reach "
    }
    let reach = "\(products ?? "Steps reach ")\(share) % of the rate of large products"
    let memory = "A step holds \(last.stepBytes / 1_000_000) MB beside its minibatch."
    guard scaling.count > 1 else { return "\(reach). \(memory)" }
    let speedup = ((last.imagesPerSecond / scaling[0].imagesPerSecond) * 10).rounded() / 10
    let scale = "\(reach) and run \(speedup) times as fast with \(last.workers) workers as with one"
    if shards < last.workers {
      return
        "\(scale); \(shards) shards occupy no more than \(shards) workers: --shards \(last.workers) would occupy all. \(memory)"
    }
    return "\(scale). \(memory)"
  }
}

extension Network {
  /// The floating-point operations of the matrix products for one sample, forward and backward.
  ///
  /// A weight costs a multiplication and an addition in each of three products: output, weight gradient and input
  /// gradient; the first layer that is stepped has no input gradient.
  var trainingFlopsPerSample: Double {
    layers.enumerated().reduce(0) { sum, layer in
      sum + Double(layer.element.multiplicationsPerSample) * (layer.offset > firstStepped ? 6 : 4)
    }
  }
}
