import Testing

@testable import MillraceNetwork

struct DropoutTests {
  /// The factors for some rows of ones: 0 or 1 / keep.
  static func factors(
    _ layer: Dropout, rows: Int, place: Int = 0, seed: UInt64 = 1, epoch: Int = 0, samples: [Int32]? = nil,
    turns: [Int32]? = nil
  ) -> [[Float]] {
    let ones = [Float](repeating: 1, count: rows * layer.inputCount)
    let run = LayerRun(
      layer, input: ones, place: place, seed: seed, epoch: epoch, samples: samples, turns: turns)
    return (0..<rows).map { Array(run.output[$0 * layer.inputCount..<($0 + 1) * layer.inputCount]) }
  }

  @Test(arguments: [0, 0.05, 0.2, 0.5, 0.8, 0.99])
  func `The share that is dropped is the rate, and the rest is scaled up`(rate: Double) {
    // With 19 columns a block of random bits is never used up.
    for columns in [19, 64, 200] {
      let layer = Dropout(count: columns, rate: rate)
      let rows = 20_000 / columns
      let values = Self.factors(layer, rows: rows).flatMap { $0 }
      let dropped = Double(values.count { $0 == 0 }) / Double(values.count)
      // The limit is four standard errors.
      let tolerance = 4 * (rate * (1 - rate) / Double(values.count)).squareRoot()
      #expect(abs(dropped - rate) <= tolerance + 1e-5, "\(columns) columns: \(dropped)")
      let kept = Set(values).subtracting([0])
      #expect(kept.count <= 1 && kept.allSatisfy { abs(Double($0) * (1 - rate) - 1) < 1e-3 }, "\(kept)")
      // So the expectation is the input.
      let mean = values.reduce(0) { $0 + Double($1) } / Double(values.count)
      #expect(abs(mean - 1) <= tolerance / (1 - rate) + 1e-3, "\(mean)")
    }
  }

  @Test func `Each column is dropped as often as the others`() {
    let layer = Dropout(count: 70, rate: 0.5)
    let rows = Self.factors(layer, rows: 1000)
    for column in 0..<70 {
      let dropped = rows.count { $0[column] == 0 }
      // The limit is five standard errors.
      #expect(abs(dropped - 500) < 80, "column \(column): \(dropped)")
    }
  }

  @Test func `A sample that comes again has another mask each time, and the first is that of its only visit`()
  {
    let layer = Dropout(count: 50, rate: 0.5)
    let once = Self.factors(layer, rows: 2, epoch: 4, samples: [7, 9])
    let masks = Self.factors(layer, rows: 5, epoch: 4, samples: [7, 9, 7, 7, 9], turns: [0, 0, 1, 2, 1])
    #expect(Array(masks[..<2]) == once && Set(masks).count == 5)
    #expect(Self.factors(layer, rows: 1, epoch: 4, samples: [7], turns: [2]) == [masks[3]])
  }

  @Test func `A mask follows from the seed, the epoch, the sample and the layer alone`() {
    let layer = Dropout(count: 50, rate: 0.5)
    let masks = Self.factors(layer, rows: 3, place: 2, seed: 9, epoch: 4, samples: [7, 100, 31])
    #expect(Self.factors(layer, rows: 1, place: 2, seed: 9, epoch: 4, samples: [31]) == [masks[2]])
    #expect(
      Self.factors(layer, rows: 2, place: 2, seed: 9, epoch: 4, samples: [100, 7]) == [masks[1], masks[0]])
    #expect(Set(masks).count == 3)
    #expect(Self.factors(layer, rows: 1, place: 3, seed: 9, epoch: 4, samples: [7])[0] != masks[0])
    #expect(Self.factors(layer, rows: 1, place: 2, seed: 8, epoch: 4, samples: [7])[0] != masks[0])
    #expect(Self.factors(layer, rows: 1, place: 2, seed: 9, epoch: 5, samples: [7])[0] != masks[0])
  }

  @Test func `The gradient goes where the value went`() {
    let layer = Dropout(count: 33, rate: 0.4)
    let input = Buffer(rows: 5, columns: 33, seed: 1).values
    let gradient = Buffer(rows: 5, columns: 33, seed: 2).values
    let run = LayerRun(layer, input: input, outputGradient: gradient)
    let factors = Self.factors(layer, rows: 5).flatMap { $0 }
    #expect(run.output == zip(input, factors).map(*))
    #expect(run.inputGradient == zip(gradient, factors).map(*))
  }

  @Test func `Where nothing is learned it is the identity`() {
    let input = Buffer(rows: 5, columns: 33, seed: 1).values
    #expect(LayerRun(Dropout(count: 33, rate: 0.9), input: input, isTraining: false).output == input)
  }
}
