import Testing

@testable import MillraceNetwork

/// The examples by which a course introduces the neuron and backpropagation.
struct WorkedExamplesTests {
  @Test func `A perceptron sums to 2.2 and answers 0.90`() {
    var configuration = NetworkConfiguration(inputCount: 4, hidden: [], outputCount: 1)
    configuration.loss = .binaryCrossEntropy
    configuration.output = .sigmoid
    let network = Network(configuration)
    let pass = NetworkPass(network: network, capacity: 1, training: false)
    let input = Buffer([2, 3, -1, 1])
    defer { withExtendedLifetime(input) {} }
    pass.run(
      NetworkPass.Shard(
        input: Matrix(base: input.matrix.base, rows: 1, columns: 4), targets: nil, minibatchCount: 1,
        isTraining: false),
      parameters: [0.1, 0.5, 2.5, 3.0, 0])
    #expect(abs(pass.outputs.base[0] - 2.2) < 1e-6)
    network.loss.predict(pass.outputs)
    #expect((pass.outputs.base[0] * 100).rounded() == 90)
  }

  @Test func `The gradients of a sum times a factor`() {
    // f = (x + y)·z as two layers: q = (1, 1)·(x, y), then f = z·q.
    let sum = Dense(inputCount: 2, outputCount: 1, activation: .identity, hasBias: false)
    let product = Dense(inputCount: 1, outputCount: 1, activation: .identity, hasBias: false)
    let q = LayerRun(sum, input: [-2, 5], parameters: [1, 1])
    let f = LayerRun(product, input: q.output, parameters: [-4])
    #expect(f.output == [-12])
    #expect(f.gradient == [3], "∂f/∂z")
    #expect(f.inputGradient == [-4], "∂f/∂q")
    let back = LayerRun(sum, input: [-2, 5], parameters: [1, 1], outputGradient: f.inputGradient)
    #expect(back.inputGradient == [-4, -4], "∂f/∂x and ∂f/∂y")
  }

  @Test func `A saturated sigmoid has next to no gradient`() {
    let neuron = Dense(inputCount: 1, outputCount: 1, activation: .sigmoid, hasBias: false)
    let run = LayerRun(neuron, input: [-10, 0, 10], parameters: [1])
    #expect((run.inputGradient[0] * 1e7).rounded() == 454)
    #expect(run.inputGradient[1] == 0.25)
    #expect((run.inputGradient[2] * 1e7).rounded() == 454)
  }
}
