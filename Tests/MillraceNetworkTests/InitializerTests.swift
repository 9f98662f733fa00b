import Testing

@testable import MillraceNetwork

struct InitializerTests {
  static let inputs = 400
  static let outputs = 250

  /// The distribution of each of 250 × 400 weights: its variance, and the bound that no weight exceeds.
  static let cases: [(initializer: Initializer, variance: Double, bound: Double)] = [
    (.he, 2.0 / 400, .infinity),
    (.glorot, 2.0 / (400 + 250), (6.0 / (400 + 250)).squareRoot()),
    (.normal(deviation: 0.3), 0.09, .infinity),
    (.uniform(limit: 0.6), 0.36 / 3, 0.6),
  ]

  @Test(arguments: cases)
  func `Weights have the variance of their definition`(
    initializer: Initializer, variance: Double, bound: Double
  ) {
    let values = Self.parameters(initializer, seed: 3)[..<(Self.inputs * Self.outputs)].map(Double.init)
    let mean = values.reduce(0, +) / Double(values.count)
    let measured = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(values.count)
    #expect(abs(measured / variance - 1) < 0.02, "\(measured), not \(variance)")
    // The limit is four standard errors.
    #expect(abs(mean) < 4 * (variance / Double(values.count)).squareRoot(), "\(mean)")
    #expect(values.allSatisfy { abs($0) <= bound * (1 + 1e-6) })
  }

  @Test func `Biases begin where they are told to, but the output's at zero`() {
    let parameters = Self.parameters(.he, seed: 3, bias: 0.01)
    let weights = Self.inputs * Self.outputs
    #expect(parameters[weights..<weights + Self.outputs].allSatisfy { $0 == 0.01 })
    #expect(parameters.suffix(2) == [0, 0])
  }

  @Test func `Weights follow from the seed`() {
    #expect(Self.parameters(.he, seed: 3) == Self.parameters(.he, seed: 3))
    #expect(Self.parameters(.he, seed: 3) != Self.parameters(.he, seed: 4))
  }

  static func parameters(_ initializer: Initializer, seed: UInt64, bias: Float = 0) -> [Float] {
    var options = NetworkTrainingOptions()
    options.initializer = initializer
    options.initialBias = bias
    let configuration = NetworkConfiguration(
      inputCount: inputs, hidden: [HiddenLayer(units: outputs)], outputCount: 2)
    return Network(configuration, options: options).initialParameters(seed: seed)
  }
}
