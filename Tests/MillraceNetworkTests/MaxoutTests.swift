import Testing

@testable import MillraceNetwork

struct MaxoutTests {
  @Test func `A unit is the largest of its pieces`() {
    // There are two rows of three units with two pieces each; piece p of unit j is at 3p + j.
    let run = LayerRun(
      Maxout(units: 3, pieces: 2), input: [1, -5, 2, 4, -6, -2, 0, 0.5, -1, -3, 0.25, -1],
      outputGradient: [10, 20, 30, 40, 50, 60])
    #expect(run.output == [4, -5, 2, 0, 0.5, -1])
    #expect(run.inputGradient == [0, 20, 30, 10, 0, 0, 40, 50, 60, 0, 0, 0])
  }

  @Test func `The first of equal pieces takes the gradient`() {
    let run = LayerRun(
      Maxout(units: 1, pieces: 4), input: [1, 2, 2, 2, 0, 0, 0, 0], outputGradient: [3, 5])
    #expect(run.output == [2, 0])
    #expect(run.inputGradient == [0, 3, 0, 0, 5, 0, 0, 0])
  }

  @Test(arguments: 0..<3)
  func `A piece that is not a number wins`(piece: Int) {
    var input: [Float] = [3, 1, 2]
    input[piece] = .nan
    #expect(LayerRun(Maxout(units: 1, pieces: 3), input: input).output[0].isNaN)
  }

  @Test func `One dropout mask is shared by all pieces of a unit`() {
    let network = Network(
      NetworkConfiguration(
        inputCount: 5, hidden: [HiddenLayer(units: 8, activation: .maxout(pieces: 3), dropout: 0.5)],
        outputCount: 2))
    // Dropout comes after the maximum: a unit is dropped with all its pieces or not at all.
    #expect(network.layers.map(\.name) == ["dense", "maxout", "dropout", "dense"])
    #expect(network.layers.map(\.outputCount) == [24, 8, 8, 2])
  }
}
