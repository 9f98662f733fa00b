import MillraceNetwork
import Testing

/// Backward against finite differences and against the naive kernel.
struct GradientTests {
  static let networks = [
    NetworkConfiguration(inputCount: 5, hidden: [], outputCount: 3),
    NetworkConfiguration(inputCount: 7, hidden: [6], outputCount: 4),
    NetworkConfiguration(inputCount: 9, hidden: [11, 5], outputCount: 3),
    NetworkConfiguration(inputCount: 4, hidden: [8], activation: .identity, outputCount: 2),
  ]

  @Test(arguments: networks, [false, true])
  func `Backward equals finite differences`(configuration: NetworkConfiguration, soft: Bool) {
    let check = GradientCheck(configuration, rows: 6, soft: soft)
    #expect(check.worstRelativeError() < 1e-3)
  }

  @Test(arguments: networks)
  func `Forward and backward equal the naive kernel`(configuration: NetworkConfiguration) {
    let fast = GradientCheck(configuration, rows: 13, soft: false, kernel: .blas)
    let slow = GradientCheck(configuration, rows: 13, soft: false, kernel: .naive)
    #expect(abs(fast.loss - slow.loss) < 1e-5 * abs(slow.loss))
    #expect(relativeError(fast.gradient, slow.gradient) < 1e-5)
  }

  @Test func `A shard without rows has a gradient of zero`() {
    let check = GradientCheck(Self.networks[1], rows: 0, soft: false)
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

  init(_ configuration: NetworkConfiguration, rows: Int, soft: Bool, kernel: MatrixKernel = .blas) {
    network = Network(configuration, kernel: kernel)
    parameters = network.initialParameters(seed: 7)
    input = Buffer(rows: rows, columns: configuration.inputCount, seed: 11)
    let classes = configuration.outputCount
    labels = (0..<max(1, rows)).map { Int32($0 * 7 % classes) }
    self.soft =
      soft ? (0..<rows * classes).map { $0 % classes == $0 / classes % classes ? 0.6 : 0.4 / Float(classes - 1) } : nil
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
          pass.gradient(
            input, soft == nil ? .classes(labels.baseAddress!) : .values(values.baseAddress!),
            parameters: parameters, into: $0.baseAddress!, scale: 1)
        }
      }
    }
  }

  /// The worst |numeric − analytic| over all parameters, relative to the gradient's largest element.
  func worstRelativeError() -> Double {
    // Small steps drown in Float's rounding, large ones in curvature and kinks of the ReLU: the best of a few
    // steps is the fair figure for each parameter.
    let scale = gradient.reduce(0) { max($0, abs(Double($1))) }
    var worst = 0.0
    for i in 0..<parameters.count {
      let errors = [Float(1e-2), 3e-3, 1e-3].map { step in
        var ignored = gradient
        var moved = parameters
        moved[i] = parameters[i] + step
        let up = Self.run(network, moved, input.matrix, labels, soft, into: &ignored).loss
        let top = moved[i]
        moved[i] = parameters[i] - step
        let down = Self.run(network, moved, input.matrix, labels, soft, into: &ignored).loss
        return abs((up - down) / Double(top - moved[i]) - Double(gradient[i]))
      }
      worst = max(worst, errors.min()! / scale)
    }
    return worst
  }
}
