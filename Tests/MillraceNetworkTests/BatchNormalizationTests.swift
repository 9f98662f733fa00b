import Testing

@testable import MillraceNetwork

/// The layer compared with the same formulas in NumPy, in double precision, and shards compared with the whole
/// minibatch.
struct BatchNormalizationTests {
  static let input: [Float] = [1, -2, 0.5, 3, 0.25, 0.5, -1, 4, 0.75, 0.5, 1, 2, 2, -1, -0.25]
  static let outputGradient: [Float] = [
    0.1, -0.2, 0.3, 0.5, 0.25, -0.75, -1, 0.5, 1, 0.2, -0.6, 0.4, 0.3, 0.8, -0.1,
  ]
  /// γ, β, running mean and running variance.
  static let parameters: [Float] = [1.5, -0.5, 1, 0.1, 0.2, -0.3, 0.5, 0.25, -0.1, 2, 0.5, 1.5]

  /// With x̂ = (x − mean) / √(variance + 10⁻⁵), z = γx̂ + β, y = f(z) and dz = dy·f′(z) over N rows:
  /// dγ = Σ dz·x̂, dβ = Σ dz, dx = γ / √(variance + 10⁻⁵) · (dz − dβ/N − x̂·dγ/N).
  struct Case: Sendable {
    let activation: ActivationKind
    let output: [Double]
    let inputGradient: [Double]
    let scaleGradient: [Double]
    let shiftGradient: [Double]
  }

  static let cases = [
    Case(
      activation: .identity,
      output: [
        -0.010581165, 0.79702776, -0.57343183, 2.2010422, 0.24873696, -0.57343183, -2.2222045,
        -0.66508104, -0.23164206, -0.563487, 0.065973363, 1.4773068, 1.0952305, 0.55334296, -1.5988011,
      ],
      inputGradient: [
        0.12680754, 0.064727016, 0.25490346, -0.19771998, -0.026047066, -1.1806136, -0.32273311,
        -0.0554948, 1.1154488, 0.42910175, 0.18737971, -0.18717642, -0.035456207, -0.17056486,
        -0.0025622925,
      ],
      scaleGradient: [2.3516928, 0.35334295, 1.0322051],
      shiftGradient: [0.10000002, 0.74999998, 0.85000002]),
    Case(
      activation: .tanh,
      output: [
        -0.01058077, 0.66237185, -0.51787517, 0.97579303, 0.24373102, -0.51787517, -0.97678455,
        -0.58173489, -0.22758594, -0.51056006, 0.065877813, 0.90096217, 0.79877926, 0.5030215, -0.92148789,
      ],
      inputGradient: [
        0.038290963, 0.04359634, 0.13750712, -0.079685131, -0.035661895, -0.91301188, -0.089173994,
        -0.049971702, 1.104893, 0.099696695, 0.16901605, -0.23255939, 0.030871467, -0.12697879,
        -0.096828808,
      ],
      scaleGradient: [0.10381235, 0.10100714, 0.30829894],
      shiftGradient: [0.33446206, 0.45386776, 0.67911312]),
  ]

  @Test(arguments: cases)
  func `Forward and backward agree with independent figures`(figures: Case) {
    let layer = BatchNormalization(count: 3, activation: figures.activation, isSynchronized: false)
    let run = LayerRun(
      layer, input: Self.input, parameters: Self.parameters, outputGradient: Self.outputGradient)
    #expect(relativeError(run.output, figures.output.map(Float.init)) < 1e-6)
    #expect(relativeError(run.inputGradient, figures.inputGradient.map(Float.init)) < 2e-6)
    #expect(relativeError(Array(run.gradient[0..<3]), figures.scaleGradient.map(Float.init)) < 1e-6)
    #expect(relativeError(Array(run.gradient[3..<6]), figures.shiftGradient.map(Float.init)) < 1e-6)
    // The running statistics get the mean and the unbiased variance.
    #expect(relativeError(Array(run.gradient[6..<9]), [1.1, 0.45, 0.7]) < 1e-6)
    #expect(relativeError(Array(run.gradient[9..<12]), [2.3, 5.2625, 0.66875]) < 2e-6)
  }

  @Test func `Where nothing is learned the running statistics are used`() {
    let layer = BatchNormalization(count: 3, activation: .identity, isSynchronized: false)
    let run = LayerRun(layer, input: Self.input, parameters: Self.parameters, isTraining: false)
    let expected: [Float] = [
      0.63032876, 1.7909743, 0.1898963, 2.7516438, 0.2, 0.1898963, -1.4909863, -2.4516239, 0.39401977,
      0.1, -0.33032478, 1.4146371, 1.6909863, 1.0838746, -0.42247409,
    ]
    #expect(relativeError(run.output, expected) < 1e-6)
  }

  @Test func `A constant column becomes its shift`() {
    let layer = BatchNormalization(count: 1, activation: .identity, isSynchronized: false)
    let run = LayerRun(layer, input: [7, 7, 7, 7], parameters: [2, 0.5, 0, 1])
    #expect(run.output == [0.5, 0.5, 0.5, 0.5])
    #expect(run.inputGradient == [0, 0, 0, 0])
    #expect(run.gradient[3] < 1e-9)
  }

  /// Two normalised layers over nine rows.
  static func network(_ kind: BatchNormalizationKind) -> (
    network: Network, parameters: [Float], features: [Float]
  ) {
    var configuration = NetworkConfiguration(
      inputCount: 6,
      hidden: [HiddenLayer(units: 11), HiddenLayer(units: 5, activation: .elementwise(.tanh))],
      outputCount: 3)
    configuration.batchNormalization = kind
    let network = Network(configuration)
    return (network, network.initialParameters(seed: 5), Buffer(rows: 9, columns: 6, seed: 4).values)
  }
  static let labels: [Int32] = [0, 1, 2, 2, 1, 0, 1, 1, 0]

  @Test(arguments: [[4, 5], [3, 3, 3], [1, 8], [2, 0, 6, 1], [1, 1, 1, 1, 1, 1, 1, 1, 1]])
  func `Synchronised shards are one minibatch`(shards: [Int]) {
    let (network, parameters, features) = Self.network(.sync)
    #expect(network.stageCount == 3)
    let whole = ShardedRun(
      network, parameters: parameters, features: features, labels: Self.labels, shards: [9])
    let cut = ShardedRun(
      network, parameters: parameters, features: features, labels: Self.labels, shards: shards)
    #expect(relativeError(cut.outputs, whole.outputs) < 2e-6)
    #expect(abs(cut.loss - whole.loss) < 1e-5)
    #expect(relativeError(cut.gradient, whole.gradient) < 2e-6)
  }

  @Test func `Synchronised over one shard is the shard's own`() {
    let (network, parameters, features) = Self.network(.sync)
    let sync = ShardedRun(
      network, parameters: parameters, features: features, labels: Self.labels, shards: [9])
    let shard = ShardedRun(
      Self.network(.shard).network, parameters: parameters, features: features, labels: Self.labels,
      shards: [9])
    #expect(relativeError(sync.outputs, shard.outputs) < 2e-6)
    #expect(relativeError(sync.gradient, shard.gradient) < 2e-6)
  }

  @Test func `Shards that are not synchronised know nothing of each other`() {
    let (network, parameters, features) = Self.network(.shard)
    #expect(network.stageCount == 1)
    let cut = ShardedRun(
      network, parameters: parameters, features: features, labels: Self.labels, shards: [4, 5])
    let alone = ShardedRun(
      network, parameters: parameters, features: Array(features[..<24]), labels: Array(Self.labels[..<4]),
      shards: [4])
    #expect(Array(cut.outputs[..<12]) == alone.outputs)
    let whole = ShardedRun(
      network, parameters: parameters, features: features, labels: Self.labels, shards: [9])
    #expect(relativeError(cut.outputs, whole.outputs) > 1e-3)
  }

  @Test func `A minibatch of one row says nothing about the variance`() {
    for isSynchronized in [false, true] {
      var configuration = NetworkConfiguration(
        inputCount: 3, hidden: [HiddenLayer(units: 2)], outputCount: 2)
      configuration.batchNormalization = isSynchronized ? .sync : .shard
      let network = Network(configuration)
      var parameters = network.initialParameters(seed: 3)
      let variance = network.parameters[4].range
      for (i, value) in zip(variance, [0.75, 2.5] as [Float]) { parameters[i] = value }
      let run = ShardedRun(
        network, parameters: parameters, features: [1, 2, 3], labels: [1], shards: [0, 1])
      // The average is taken with itself, so it does not change.
      #expect(Array(run.gradient[variance]) == [0.75, 2.5])
    }
  }

  @Test func `A shard of one row leaves its share of the variance to the others`() {
    let (network, start, features) = Self.network(.shard)
    var parameters = start
    let variance = network.parameters[4].range
    for i in variance { parameters[i] = 4 }
    let eight = ShardedRun(
      network, parameters: parameters, features: Array(features[6...]), labels: Array(Self.labels[1...]),
      shards: [8])
    let nine = ShardedRun(
      network, parameters: parameters, features: features, labels: Self.labels, shards: [1, 8])
    // This is (1 · the average so far + 8 · what eight rows have measured) / 9.
    let expected = eight.gradient[variance].map { (4 + 8 * $0) / 9 }
    #expect(relativeError(Array(nine.gradient[variance]), expected) < 2e-6)
  }

  @Test func `The running mean of unsynchronised shards is the minibatch's`() {
    let layer = BatchNormalization(count: 6, activation: .identity, isSynchronized: false)
    let features = Self.network(.shard).features
    let whole = LayerRun(layer, input: features, parameters: [Float](repeating: 1, count: 24))
    var (network, parameters, _) = Self.network(.shard)
    // The first layer passes its input on, so its sums are the features.
    let weight = network.parameters[0].range
    for i in weight { parameters[i] = (i / 6 == i % 6) ? 1 : 0 }
    let cut = ShardedRun(
      network, parameters: parameters, features: features, labels: Self.labels, shards: [4, 5])
    let mean = network.parameters[3]
    #expect(mean.name == "1.batchnorm.running_mean")
    let measured = Array(cut.gradient[mean.range.lowerBound..<mean.range.lowerBound + 6])
    #expect(relativeError(measured, Array(whole.gradient[12..<18])) < 2e-6)
    network = Self.network(.sync).network
    let sync = ShardedRun(
      network, parameters: parameters, features: features, labels: Self.labels, shards: [4, 5])
    let variance = network.parameters[4].range.lowerBound
    #expect(
      relativeError(Array(sync.gradient[variance..<variance + 6]), Array(whole.gradient[18..<24])) < 2e-6)
  }
}
