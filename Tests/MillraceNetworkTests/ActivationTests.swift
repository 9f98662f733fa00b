import Testing

@testable import MillraceNetwork

/// The values and slopes of each activation, compared with NumPy and SciPy in double precision.
struct ActivationTests {
  static let inputs: [Float] = [-100, -10, -3, -1, -0.5, -1e-3, -0.0, 0, 1e-3, 0.5, 1, 3, 10, 100]

  struct Case: Sendable {
    let kind: ActivationKind
    let values: [Double]
    let slopes: [Double]

    init(_ kind: ActivationKind, _ values: [Double], _ slopes: [Double]) {
      (self.kind, self.values, self.slopes) = (kind, values, slopes)
    }
  }

  /// f and f′ at the inputs; at zero, ReLU and its relatives have the slope of their left side.
  static let cases = [
    Case(
      .identity,
      [-100, -10, -3, -1, -0.5, -0.0010000001, -0.0, 0, 0.0010000001, 0.5, 1, 3, 10, 100],
      [1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1]),
    Case(
      .sigmoid,
      [
        3.720076e-44, 4.5397869e-5, 0.047425873, 0.26894142, 0.37754067, 0.49975, 0.5, 0.5, 0.50025,
        0.62245933, 0.73105858, 0.95257413, 0.9999546, 1,
      ],
      [
        3.720076e-44, 4.5395808e-5, 0.04517666, 0.19661193, 0.23500371, 0.24999994, 0.25, 0.25,
        0.24999994, 0.23500371, 0.19661193, 0.04517666, 4.5395808e-5, 3.720076e-44,
      ]),
    Case(
      .tanh,
      [
        -1, -1, -0.99505475, -0.76159416, -0.46211716, -0.00099999971, -0.0, 0, 0.00099999971, 0.46211716,
        0.76159416, 0.99505475, 1, 1,
      ],
      [
        5.5355861e-87, 8.2446145e-9, 0.0098660372, 0.41997434, 0.78644773, 0.999999, 1, 1, 0.999999,
        0.78644773, 0.41997434, 0.0098660372, 8.2446145e-9, 5.5355861e-87,
      ]),
    Case(
      .relu,
      [0, 0, 0, 0, 0, 0, 0, 0, 0.0010000001, 0.5, 1, 3, 10, 100],
      [0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 1]),
    Case(
      .leakyReLU,
      [-1, -0.1, -0.03, -0.01, -0.005, -1.0000001e-5, -0.0, 0, 0.0010000001, 0.5, 1, 3, 10, 100],
      [0.01, 0.01, 0.01, 0.01, 0.01, 0.01, 0.01, 0.01, 1, 1, 1, 1, 1, 1]),
    Case(
      .elu,
      [
        -1, -0.9999546, -0.95021293, -0.63212056, -0.39346934, -0.00099950021, -0.0, 0, 0.0010000001, 0.5,
        1, 3, 10, 100,
      ],
      [3.720076e-44, 4.539993e-5, 0.049787068, 0.36787944, 0.60653066, 0.9990005, 1, 1, 1, 1, 1, 1, 1, 1]),
    Case(
      .selu,
      [
        -1.7580993, -1.7580195, -1.6705687, -1.1113307, -0.69175819, -0.0017572207, -0.0, 0, 0.001050701,
        0.52535049, 1.050701, 3.152103, 10.50701, 105.0701,
      ],
      [
        6.5402631e-44, 7.9817587e-5, 0.087530612, 0.6467686, 1.0663411, 1.7563421, 1.050701, 1.050701,
        1.050701, 1.050701, 1.050701, 1.050701, 1.050701, 1.050701,
      ]),
    Case(
      .gelu,
      [
        -0.0, -0.0, -0.0040496941, -0.15865525, -0.15426877, -0.00049960108, -0.0, 0, 0.00050039897,
        0.34573123, 0.84134475, 2.9959503, 10, 100,
      ],
      [
        0, -7.6945986e-22, -0.011945647, -0.083315471, 0.13250487, 0.49920212, 0.5, 0.5, 0.50079788,
        0.86749513, 1.0833155, 1.0119456, 1, 1,
      ]),
  ]

  @Test func `Every activation has figures`() {
    #expect(Self.cases.map(\.kind) == ActivationKind.allCases)
  }

  @Test(arguments: cases)
  func `Values and slopes agree with independent figures`(figures: Case) {
    let (values, slopes) = Self.run(figures.kind, Self.inputs)
    for (i, x) in Self.inputs.enumerated() {
      // The slope of a saturated sigmoid is y(1 − y), and that of tanh 1 − y²: each is as exact as y near 1 is in
      // Float.
      let value = abs(Double(values[i]) - figures.values[i])
      let slope = abs(Double(slopes[i]) - figures.slopes[i])
      #expect(value <= 5e-7 * max(1, abs(figures.values[i])), "f(\(x)) = \(values[i])")
      #expect(slope <= 1e-6, "f′(\(x)) = \(slopes[i])")
    }
  }

  @Test(arguments: ActivationKind.allCases)
  func `A value does not depend on its place in a row`(kind: ActivationKind) {
    let (values, slopes) = Self.run(kind, Self.inputs)
    for (i, x) in Self.inputs.enumerated() {
      let (value, slope) = Self.run(kind, [x])
      #expect(value[0].bitPattern == values[i].bitPattern)
      #expect(slope[0].bitPattern == slopes[i].bitPattern)
    }
  }

  @Test(arguments: ActivationKind.allCases, [1, 3, 8, 11])
  func `What is not a number stays so, alone`(kind: ActivationKind, count: Int) {
    for place in 0..<count {
      var inputs = [Float](repeating: 0.5, count: count)
      inputs[place] = .nan
      #expect(Self.run(kind, inputs).values.map(\.isNaN) == (0..<count).map { $0 == place })
    }
  }

  @Test(arguments: ActivationKind.allCases)
  func `The largest inputs give no NaN`(kind: ActivationKind) {
    let (values, slopes) = Self.run(kind, [-.greatestFiniteMagnitude, .greatestFiniteMagnitude])
    #expect(values.allSatisfy { !$0.isNaN } && slopes.allSatisfy { !$0.isNaN }, "\(values) \(slopes)")
  }

  /// f(x), and f′(x) as the gradient for an output gradient of 1.
  static func run(_ kind: ActivationKind, _ inputs: [Float]) -> (values: [Float], slopes: [Float]) {
    var values = [Float](repeating: 0, count: inputs.count)
    var slopes = [Float](repeating: 1, count: inputs.count)
    kind.implementation.apply(inputs, to: &values, count: inputs.count)
    kind.implementation.backward(
      input: kind.implementation.derivativeNeedsInput ? inputs : values, output: values, gradient: &slopes,
      count: inputs.count)
    return (values, slopes)
  }
}
