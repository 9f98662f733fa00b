import MillraceRandom
import Testing

@testable import MillraceNetwork

/// Convolutions against their definition in double precision.
struct ConvolutionTests {
  /// A shape with what follows it, on pictures whose sides leave rests.
  struct Case: CustomTestStringConvertible, Sendable {
    var input = PlaneShape(channels: 3, height: 7, width: 9)
    var channels = 5
    var kernel = 3
    var stride = 1
    var padding: Int?
    var pooling = Pooling(.max)
    var activation = ActivationKind.tanh
    var rows = 3

    var testDescription: String {
      "\(input) to \(channels), kernel \(kernel), stride \(stride), \(pooling.kind) \(pooling.window), \(activation)"
    }

    func layer(
      takesPlanes: Bool, _ normalization: BatchNormalizationKind, kernel matrices: MatrixKernel = .fast
    ) -> Convolution {
      Convolution(
        ConvolutionShape(
          input: input, channels: channels, kernel: kernel, stride: stride, padding: padding),
        takesPlanes: takesPlanes, activation: activation, normalization: normalization, pooling: pooling,
        kernel: matrices)
    }

    static let all = [
      Case(), Case(pooling: Pooling(.average), activation: .gelu), Case(pooling: Pooling(.none)),
      Case(channels: 16, kernel: 5, pooling: Pooling(.max, window: 3), activation: .relu),
      Case(kernel: 2, stride: 2, padding: 0, pooling: Pooling(.none), activation: .gelu),
      Case(kernel: 4, stride: 3, padding: 3, pooling: Pooling(.average, window: 3)),
      Case(kernel: 1, pooling: Pooling(.max)),
      Case(input: PlaneShape(channels: 1, height: 6, width: 6), channels: 8),
      // Windows as large as the picture, and a border that is larger than what lies inside.
      Case(input: PlaneShape(channels: 8, height: 3, width: 3), kernel: 7, pooling: Pooling(.none)),
      // Several runs of rows of one sample, the last with a rest; and several samples in a run, and a rest of them.
      Case(input: PlaneShape(channels: 40, height: 23, width: 21), channels: 11, rows: 2),
      Case(input: PlaneShape(channels: 64, height: 4, width: 4), channels: 17, rows: 23),
    ]
  }

  private static func numbers(_ count: Int, seed: UInt64) -> [Float] {
    var random = KeyedRandom(seed: seed, purpose: .preview)
    return (0..<count).map { _ in random.normal() }
  }

  private static func parameters(_ layer: Convolution) -> [Float] {
    var values = numbers(layer.parameters.reduce(0) { $0 + $1.count }, seed: 3)
    for i in 0..<layer.weightCount { values[i] /= Float(layer.shape.windowCount).squareRoot() }
    return values
  }

  @Test(arguments: Case.all, [BatchNormalizationKind.none, .shard])
  func `Forward and backward are those of the definition`(step: Case, normalization: BatchNormalizationKind) {
    for takesPlanes in [true, false] {
      let layer = step.layer(takesPlanes: takesPlanes, normalization)
      let parameters = Self.parameters(layer)
      let input = Self.numbers(step.rows * layer.inputCount, seed: 1)
      let outputGradient = Self.numbers(step.rows * layer.outputCount, seed: 2)
      let run = LayerRun(layer, input: input, parameters: parameters, outputGradient: outputGradient)
      let expected = NaiveStem.run(
        layer, input: input, parameters: parameters, outputGradient: outputGradient)
      #expect(relativeError(run.output, expected.outputs.map(Float.init)) < 1e-5)
      #expect(relativeError(run.inputGradient, expected.inputGradients.map(Float.init)) < 1e-5)
      var start = 0
      for tensor in layer.parameters {
        let range = start..<start + tensor.count
        start += tensor.count
        let error = relativeError(Array(run.gradient[range]), expected.gradient[range].map(Float.init))
        #expect(error < 2e-5, "\(tensor.name)")
      }
    }
  }

  @Test func `Runs are cut where rows are pooled, and hold every row once`() {
    for height in [1, 2, 3, 7, 64, 65] {
      for width in [1, 8, 64] {
        for channels in [1, 3, 32, 500] {
          for window in 1...3 {
            let shape = ConvolutionShape(
              input: PlaneShape(channels: channels, height: height, width: width), channels: 8)
            let (rows, samples) = shape.cut(window: window)
            #expect(samples > 0)
            #expect(rows.first?.lowerBound == 0 && rows.last?.upperBound == height)
            #expect(zip(rows, rows.dropFirst()).allSatisfy { $0.upperBound == $1.lowerBound })
            #expect(rows.dropLast().allSatisfy { $0.upperBound.isMultiple(of: window) && !$0.isEmpty })
          }
        }
      }
    }
  }

  @Test(arguments: [ConvolutionStem.Head.mean, .flatten])
  func `What a picture gives in use does not depend on the others`(head: ConvolutionStem.Head) {
    var stem = ConvolutionStem(channels: [6, 10])
    stem.head = head
    let configuration = StemCase.configuration(stem, .sync)
    let network = Network(configuration)
    let parameters = network.initialParameters(seed: 2)
    let input = Buffer(rows: 9, columns: configuration.inputCount, seed: 5)
    func outputs(_ rows: Range<Int>, capacity: Int) -> [Float] {
      let pass = NetworkPass(network: network, capacity: capacity, training: false)
      let part = Matrix(
        base: input.matrix.row(rows.lowerBound), rows: rows.count, columns: input.matrix.columns)
      pass.run(
        NetworkPass.Shard(input: part, targets: nil, minibatchCount: rows.count, isTraining: false),
        parameters: parameters)
      // The dense layers' products may depend on how many rows there are, in the last digit.
      return pass.output(ofLayer: network.layers.count - 2).values
    }
    let all = outputs(0..<9, capacity: 9)
    #expect((0..<9).flatMap { outputs($0..<$0 + 1, capacity: 1) } == all)
    #expect(outputs(0..<4, capacity: 100) + outputs(4..<9, capacity: 5) == all)
    withExtendedLifetime(input) {}
  }

  @Test func `A largest value that is not a number is seen, and nothing hides it`() {
    let layer = Case(activation: .relu).layer(takesPlanes: false, .none)
    var input = Self.numbers(layer.inputCount, seed: 4)
    input[100] = .nan
    let run = LayerRun(layer, input: input, parameters: Self.parameters(layer))
    #expect(run.output.contains { $0.isNaN })
  }

  @Test func `The mean of places and flat places`() {
    let shape = PlaneShape(channels: 3, height: 2, width: 2)
    let input: [Float] = [1, 10, 100, 2, 20, 200, 3, 30, 300, 4, 40, 400]
    let mean = LayerRun(PlaceMean(shape), input: input, outputGradient: [4, 8, 12])
    #expect(mean.output == [2.5, 25, 250])
    #expect(mean.inputGradient == [1, 2, 3, 1, 2, 3, 1, 2, 3, 1, 2, 3])
    let flat = LayerRun(
      PlaceFlattening(shape), input: input, outputGradient: [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12])
    #expect(flat.output == [1, 2, 3, 4, 10, 20, 30, 40, 100, 200, 300, 400])
    #expect(flat.inputGradient == [1, 5, 9, 2, 6, 10, 3, 7, 11, 4, 8, 12])
  }

  @Test func `Dropped channels are dropped at every place`() {
    let layer = Dropout(count: 6 * 70, rate: 0.4, places: 6)
    let run = LayerRun(layer, input: [Float](repeating: 1, count: 5 * 420))
    let first = run.output.prefix(70)
    #expect(Set(first.map { $0 == 0 }).count == 2)
    for row in 0..<5 {
      let values = run.output[row * 420..<(row + 1) * 420]
      for place in 0..<6 {
        #expect(Array(values.dropFirst(place * 70).prefix(70)) == Array(values.prefix(70)))
      }
    }
    #expect(run.inputGradient == run.output)
    // The mask of a row of channels is that of a row of as many values.
    let plain = LayerRun(Dropout(count: 70, rate: 0.4), input: [Float](repeating: 1, count: 70))
    #expect(Array(first) == plain.output)
  }
}

/// Networks with a stem.
enum StemCase {
  /// Pictures of 3 × 9 × 7 places.
  static func configuration(
    _ stem: ConvolutionStem, _ normalization: BatchNormalizationKind, hidden: [HiddenLayer] = [],
    classes: Int = 4
  ) -> NetworkConfiguration {
    let input = PlaneShape(channels: 3, height: 9, width: 7)
    var configuration = NetworkConfiguration(inputCount: input.count, hidden: hidden, outputCount: classes)
    configuration.stem = StemConfiguration(input: input, convolutions: stem)
    configuration.batchNormalization = normalization
    return configuration
  }

  /// Of every kind.
  static let stems: [ConvolutionStem] = [
    stem([5, 6]), stem([5, 6]) { $0.pooling = .average },
    stem([5, 6]) { ($0.activation, $0.head, $0.dropout) = (.gelu, .flatten, 0.3) },
    stem([6]) { ($0.depth, $0.pooling, $0.activation) = (2, .none, .tanh) },
    stem([5]) { ($0.kernel, $0.padding, $0.stride, $0.head) = (5, 2, 2, .flatten) },
    stem([5]) { ($0.window, $0.kernel, $0.padding) = (3, 1, 0) },
  ]

  private static func stem(
    _ channels: [Int], _ change: (inout ConvolutionStem) -> Void = { _ in }
  ) -> ConvolutionStem {
    var stem = ConvolutionStem(channels: channels)
    change(&stem)
    return stem
  }
}

/// Whole networks with a stem.
struct StemTests {
  @Test(arguments: StemCase.stems, BatchNormalizationKind.allCases)
  func `Backward equals finite differences`(stem: ConvolutionStem, normalization: BatchNormalizationKind) {
    for hidden in [[], [HiddenLayer(units: 6, activation: .elementwise(.tanh), dropout: 0.2)]] {
      for inputDropout in [0, 0.2] {
        var configuration = StemCase.configuration(stem, normalization, hidden: hidden)
        configuration.inputDropout = inputDropout
        let check = GradientCheck(configuration, rows: 6, soft: false)
        let (error, kinks) = check.worstRelativeError()
        #expect(error < 3e-3, "\(hidden.count) hidden, input dropout \(inputDropout)")
        // The largest of a window changes here and there.
        #expect(kinks <= check.probed.count / 3, "\(kinks) of \(check.probed.count)")
        #expect(check.gradient.allSatisfy { $0.isFinite })
      }
    }
  }

  @Test(arguments: StemCase.stems) func `Forward and backward equal the naive kernel`(stem: ConvolutionStem) {
    let configuration = StemCase.configuration(stem, .sync)
    let fast = GradientCheck(configuration, rows: 13, soft: false, kernel: .fast)
    let slow = GradientCheck(configuration, rows: 13, soft: false, kernel: .naive)
    #expect(abs(fast.loss - slow.loss) < 1e-5 * abs(slow.loss))
    #expect(relativeError(fast.gradient, slow.gradient) < 2e-5)
  }

  @Test(arguments: StemCase.stems)
  func `In bfloat16 loss and gradient are those of float32 but for its rounding`(stem: ConvolutionStem) {
    var configuration = StemCase.configuration(stem, .sync)
    let exact = GradientCheck(configuration, rows: 13, soft: false)
    configuration.precision = .bfloat16
    let check = GradientCheck(configuration, rows: 13, soft: false)
    #expect(check.gradient != exact.gradient)
    #expect(abs(check.loss - exact.loss) < 0.03 * abs(exact.loss))
    // The largest of a window changes here and there.
    #expect(relativeDistance(check.gradient, exact.gradient) < 0.1)
    let plain = GradientCheck(configuration, rows: 13, soft: false, kernel: .bfloat16AsFloats)
    #expect(plain.gradient.map(\.bitPattern) == check.gradient.map(\.bitPattern))
  }

  @Test(arguments: BatchNormalizationKind.allCases)
  func `A shard without rows has a gradient of zero`(normalization: BatchNormalizationKind) {
    let check = GradientCheck(StemCase.configuration(StemCase.stems[0], normalization), rows: 0, soft: false)
    #expect(check.loss == 0)
    for tensor in check.network.parameters where tensor.description.role.isLearned {
      #expect(check.gradient[tensor.range].allSatisfy { $0 == 0 }, "\(tensor.name)")
    }
    #expect(check.gradient.allSatisfy { $0.isFinite })
  }

  @Test(arguments: [[4, 5], [3, 3, 3], [1, 8], [2, 0, 6, 1]])
  func `Synchronised shards are one minibatch`(shards: [Int]) {
    for stem in StemCase.stems where stem.dropout == 0 {
      let network = Network(StemCase.configuration(stem, .sync, hidden: [HiddenLayer(units: 5)]))
      let parameters = network.initialParameters(seed: 5)
      let features = Buffer(rows: 9, columns: network.inputCount, seed: 4).values
      let labels: [Int32] = [0, 1, 2, 3, 1, 0, 1, 1, 0]
      let whole = ShardedRun(
        network, parameters: parameters, features: features, labels: labels, shards: [9])
      let cut = ShardedRun(
        network, parameters: parameters, features: features, labels: labels, shards: shards)
      #expect(relativeError(cut.outputs, whole.outputs) < 2e-5)
      #expect(relativeError(cut.gradient, whole.gradient) < 2e-5)
      let shard = ShardedRun(
        Network(StemCase.configuration(stem, .shard, hidden: [HiddenLayer(units: 5)])),
        parameters: parameters,
        features: features, labels: labels, shards: [9])
      #expect(relativeError(shard.gradient, whole.gradient) < 2e-5)
    }
  }

  @Test func `Blocks that are fixed stay, and what comes after them learns`() {
    let configuration = StemCase.configuration(
      StemCase.stems[2], .sync, hidden: [HiddenLayer(units: 5, activation: .elementwise(.tanh))])
    for fixed in 1...3 {
      let check = GradientCheck(configuration, rows: 6, soft: false, fixed: fixed)
      #expect(check.worstRelativeError().error < 3e-3, "\(fixed) fixed")
      let held = check.network.parameters.filter { $0.description.role == .fixed }
      let blocks = [
        "0.convolution.weight", "0.convolution.scale", "2.convolution.weight", "5.dense.weight",
      ]
      #expect(
        blocks.filter { name in held.contains { $0.name == name } }
          == Array(blocks.prefix([2, 3, 4][fixed - 1])))
      #expect(held.allSatisfy { check.gradient[$0.range].allSatisfy(\.isNaN) })
    }
  }

  @Test func `A stem that cannot be built says why`() {
    func problem(_ change: (inout ConvolutionStem) -> Void) -> String? {
      var stem = ConvolutionStem(channels: [4, 4])
      change(&stem)
      return StemCase.configuration(stem, .none).problem
    }
    #expect(problem { _ in } == nil)
    #expect(problem { $0.channels = [] } == "a stem with 0 blocks")
    #expect(problem { $0.channels = [0] } == "a stem with a convolution of 0 channels")
    #expect(
      problem { $0.channels = [4, 4, 4] }
        == "a stem with 3 blocks, of which number 3 needs more than the 1 × 2 places that are left to it")
    #expect(problem { $0.kernel = 16 } == "a stem with a kernel of 16, which must be from 1 to 15")
    #expect(problem { $0.padding = 3 } == "a stem with a padding of 3, which must be from 0 to 2")
    #expect(problem { $0.dropout = 1 }?.contains("dropout rate") == true)
    var other = StemCase.configuration(ConvolutionStem(channels: [4]), .none)
    other.inputCount = 10
    #expect(other.problem == "a stem for pictures of 3 × 9 × 7, which are not 10 inputs")
  }
}
