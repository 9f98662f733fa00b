import MillraceRandom
import Testing

@testable import MillraceNetwork

/// The backward pass compared with finite differences and with the naive kernel.
struct GradientTests {
  static let activations = ActivationKind.allCases.map(HiddenActivation.elementwise) + [.maxout(pieces: 3)]

  @Test(arguments: activations, BatchNormalizationKind.allCases)
  func `Backward equals finite differences`(
    activation: HiddenActivation, normalization: BatchNormalizationKind
  ) {
    for loss in LossKind.allCases {
      for output in loss.outputs {
        for dropout in [0, 0.3] {
          var network = NetworkConfiguration(
            inputCount: 7,
            hidden: [
              HiddenLayer(units: 9, activation: activation, dropout: dropout),
              HiddenLayer(units: 5, activation: activation),
            ], outputCount: 4)
          network.inputDropout = dropout
          network.batchNormalization = normalization
          network.loss = loss
          network.output = output
          for soft in [false, true] {
            let check = GradientCheck(network, rows: 6, soft: soft)
            let (error, kinks) = check.worstRelativeError()
            #expect(error < 1e-3, "\(loss) \(output) dropout \(dropout) soft \(soft)")
            #expect(kinks <= check.probed.count / 4, "\(loss) \(output): \(kinks) of \(check.probed.count)")
          }
        }
      }
    }
  }

  @Test(arguments: activations, BatchNormalizationKind.allCases)
  func `Backward equals finite differences of what comes after fixed layers`(
    activation: HiddenActivation, normalization: BatchNormalizationKind
  ) {
    var network = NetworkConfiguration(
      inputCount: 7,
      hidden: [9, 8, 5].map { HiddenLayer(units: $0, activation: activation, dropout: 0.3) }, outputCount: 4)
    network.inputDropout = 0.3
    network.batchNormalization = normalization
    for count in 1...3 {
      let check = GradientCheck(network, rows: 6, soft: false, fixed: count)
      let (error, kinks) = check.worstRelativeError()
      #expect(error < 1e-3, "\(count) fixed")
      #expect(kinks <= check.probed.count / 4, "\(kinks) of \(check.probed.count)")
      // The gradient of the others is not written.
      let fixed = check.network.parameters.filter { $0.description.role == .fixed }
      #expect(fixed.count == Network(network).parameters.filter { $0.layer < fixed.last!.layer + 1 }.count)
      #expect(fixed.allSatisfy { check.gradient[$0.range].allSatisfy(\.isNaN) })
    }
  }

  @Test(arguments: BatchNormalizationKind.allCases)
  func `Fixed layers give in training what they give in use`(normalization: BatchNormalizationKind) {
    var configuration = NetworkConfiguration(
      inputCount: 7, hidden: [300, 8].map { HiddenLayer(units: $0, dropout: 0.3) }, outputCount: 4)
    configuration.inputDropout = 0.3
    configuration.batchNormalization = normalization
    var options = NetworkTrainingOptions()
    options.fixedLayers = 1
    let network = Network(configuration, options: options)
    let parameters = network.initialParameters(seed: 7)
    let input = Buffer(rows: 6, columns: 7, seed: 11)
    func outputs(of network: Network, isTraining: Bool) -> [[Float]] {
      let pass = NetworkPass(network: network, capacity: 6, training: true)
      let shard = NetworkPass.Shard(
        input: input.matrix, targets: nil, samples: SampleKeys(seed: 3, epoch: 1, indices: nil),
        minibatchCount: 6, isTraining: isTraining)
      pass.run(shard, parameters: parameters)
      return network.layers.indices.map { pass.output(ofLayer: $0).values }
    }
    let used = outputs(of: Network(configuration), isTraining: false)
    let trained = outputs(of: network, isTraining: true)
    let count = network.firstLearned
    #expect(count > 1 && Array(trained[..<count]) == Array(used[..<count]))
    #expect(trained[count] != used[count], "dropout of what is learned from")
  }

  @Test(arguments: activations)
  func `Forward and backward equal the naive kernel`(activation: HiddenActivation) {
    let network = NetworkConfiguration(
      inputCount: 23, hidden: [HiddenLayer(units: 19, activation: activation)], outputCount: 5)
    let fast = GradientCheck(network, rows: 13, soft: false, kernel: .fast)
    let slow = GradientCheck(network, rows: 13, soft: false, kernel: .naive)
    #expect(abs(fast.loss - slow.loss) < 1e-5 * abs(slow.loss))
    #expect(relativeError(fast.gradient, slow.gradient) < 1e-5)
  }

  @Test(arguments: activations, BatchNormalizationKind.allCases)
  func `In bfloat16 loss and gradient are those of float32 but for its rounding`(
    activation: HiddenActivation, normalization: BatchNormalizationKind
  ) {
    for loss in LossKind.allCases {
      var network = NetworkConfiguration(
        inputCount: 40, hidden: [HiddenLayer(units: 33, activation: activation), HiddenLayer(units: 21)],
        outputCount: 5)
      network.batchNormalization = normalization
      network.loss = loss
      network.output = loss.outputs[0]
      let exact = GradientCheck(network, rows: 29, soft: false)
      network.precision = .bfloat16
      let check = GradientCheck(network, rows: 29, soft: false)
      #expect(check.gradient != exact.gradient)
      #expect(abs(check.loss - exact.loss) < 0.02 * abs(exact.loss), "\(loss)")
      // An operand has 8 bits, and a few units and hinges are on the other side of a kink.
      #expect(relativeDistance(check.gradient, exact.gradient) < 0.15, "\(loss)")
      let plain = GradientCheck(network, rows: 29, soft: false, kernel: .bfloat16AsFloats)
      #expect(plain.gradient.map(\.bitPattern) == check.gradient.map(\.bitPattern), "\(loss)")
    }
  }

  @Test func `A weight matrix of several products has the gradient of the naive kernel`() {
    let network = NetworkConfiguration(inputCount: 9, hidden: [HiddenLayer(units: 530)], outputCount: 3)
    let fast = GradientCheck(network, rows: 8, soft: false, kernel: .fast)
    let slow = GradientCheck(network, rows: 8, soft: false, kernel: .naive)
    #expect(fast.network.weightRows.map(\.units) == [0..<176, 176..<353, 353..<530, 0..<3])
    #expect(relativeError(fast.gradient, slow.gradient) < 1e-5)
  }

  @Test func `A shard without rows has a gradient of zero`() {
    let check = GradientCheck(
      NetworkConfiguration(inputCount: 7, hidden: [HiddenLayer(units: 6)], outputCount: 4), rows: 0,
      soft: false)
    #expect(check.loss == 0)
    #expect(check.gradient.allSatisfy { $0 == 0 })
  }
}

/// A network, a batch, and the gradient that backward finds for it.
struct GradientCheck {
  let network: Network
  let parameters: [Float]
  let input: Buffer
  let labels: [Int32]
  let soft: [Float]?
  let loss: Double
  let gradient: [Float]

  init(
    _ configuration: NetworkConfiguration, rows: Int, soft: Bool, kernel: MatrixKernel? = nil, fixed: Int = 0
  ) {
    var options = NetworkTrainingOptions()
    options.labelSmoothing = 0.1
    options.classWeights = (0..<configuration.outputCount).map { 0.5 + Float($0) / 4 }
    // Biases are away from zero, so that no unit begins on the kink of its activation.
    options.initialBias = 0.1
    options.fixedLayers = fixed
    network = Network(configuration, options: options, kernel: kernel)
    // Parameters are away from where training begins, so that not all scales are one, and not all shifts zero.
    var random = KeyedRandom(seed: 9, purpose: .preview)
    parameters = network.initialParameters(seed: 7).map { $0 + 0.3 * random.normal() }
    input = Buffer(rows: rows, columns: configuration.inputCount, seed: 11)
    let classes = configuration.outputCount
    labels = (0..<max(1, rows)).map { Int32($0 * 7 % classes) }
    self.soft =
      soft
      ? (0..<rows * classes).map { $0 % classes == $0 / classes % classes ? 0.6 : 0.4 / Float(classes - 1) }
      : nil
    var gradient = [Float](repeating: .nan, count: network.parameterCount)
    let sum = Self.run(network, parameters, input.matrix, labels, self.soft, into: &gradient)
    loss = sum.loss
    self.gradient = gradient
  }

  private static func run(
    _ network: Network, _ parameters: [Float], _ input: Matrix, _ labels: [Int32], _ soft: [Float]?,
    into gradient: inout [Float]
  ) -> LossSum {
    let pass = NetworkPass(network: network, capacity: max(1, input.rows), training: true)
    return labels.withUnsafeBufferPointer { labels in
      (soft ?? [0]).withUnsafeBufferPointer { values in
        gradient.withUnsafeMutableBufferPointer {
          pass.run(
            NetworkPass.Shard(
              input: input,
              targets: soft == nil ? .classes(labels.baseAddress!) : .values(values.baseAddress!),
              samples: SampleKeys(seed: 3, epoch: 1, indices: nil), minibatchCount: input.rows,
              isTraining: true),
            parameters: parameters, gradient: $0.baseAddress!)
        }
      }
    }
  }

  /// Some elements of each learned tensor, spread over it, always with both ends.
  var probed: [Int] {
    network.parameters.flatMap { tensor in
      guard tensor.description.role.isLearned else { return [Int]() }
      let last = tensor.range.count - 1
      return Set((0..<5).map { tensor.range.lowerBound + $0 * last / 4 }).sorted()
    }
  }

  /// The worst |numeric − analytic| over the probed parameters, relative to their largest gradient.
  ///
  /// A probe across a kink of the loss says nothing, since the slopes on either side differ. Such parameters are
  /// left out, and counted.
  func worstRelativeError() -> (error: Double, kinks: Int) {
    let scale = probed.reduce(0) { max($0, abs(Double(gradient[$1]))) }
    var worst = 0.0
    var kinks = 0
    for i in probed {
      // Small steps drown in Float's rounding, large ones in curvature: the best of some steps is fair.
      var best = Double.infinity
      var jump = 0.0
      for step in [Float(3e-2), 1e-2, 3e-3, 1e-3] {
        let (up, down) = (loss(at: i, moved: step), loss(at: i, moved: -step))
        let central = (up.loss - down.loss) / (up.moved - down.moved)
        // The gradient is that of the mean loss.
        best = min(best, abs(central / Double(input.matrix.rows) - Double(gradient[i])) / scale)
        jump = abs((up.loss - loss) / up.moved - (down.loss - loss) / down.moved) / Double(input.matrix.rows)
      }
      // The slopes on either side of a smooth point agree at the smallest step.
      if best >= 1e-3 && jump > 2e-3 * scale { kinks += 1 } else { worst = max(worst, best) }
    }
    return (worst, kinks)
  }

  /// The loss with one parameter moved, and the distance by which Float has moved it.
  private func loss(at index: Int, moved step: Float) -> (loss: Double, moved: Double) {
    var ignored = gradient
    var parameters = parameters
    parameters[index] += step
    let loss = Self.run(network, parameters, input.matrix, labels, soft, into: &ignored).loss
    return (loss, Double(parameters[index]) - Double(self.parameters[index]))
  }
}
