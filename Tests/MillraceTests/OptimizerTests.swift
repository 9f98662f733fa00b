import Testing

@testable import MillraceShards
@testable import MillraceTraining

/// Each rule against the same formulas in NumPy, in double precision.
struct OptimizerTests {
  static let start: [Float] = [0.5, -1.25, 2, 0, -0.03, 1e-3, 3, -0.7, 0.1]
  static let gradients: [[Float]] = [
    [0.1, -0.2, 0.3, 0, 1.5, -1e-3, -2, 0.4, 0.05],
    [0.2, 0.1, -0.3, 1, -1.5, 2e-3, -1, 0.4, -0.05],
    [-0.1, -0.4, 0.6, -1, 0.5, -3e-3, 2, 0.1, 0.25],
    [0.3, 0.2, 0.1, 0.5, 0.25, 1e-3, 1, -0.8, 0.15],
    [0.05, -0.6, -0.2, -0.25, -1, 4e-3, -3, 0.2, -0.35],
  ]

  /// The weights after one and after five steps at η = 0.1, μ = 0.9 and λ = 0.01. With g including λw:
  /// - sgd: w ← w − ηg
  /// - momentum: v ← μv + g; w ← w − ηv
  /// - nesterov: v ← μv + g; w ← w − η(g + μv)
  /// - rmsprop: s ← ρs + (1 − ρ)g²; w ← w − ηg / (√s + ε)
  /// - adam: m ← β₁m + (1 − β₁)g; s ← β₂s + (1 − β₂)g²; w ← w − η·m/(1 − β₁ᵗ) / (√(s/(1 − β₂ᵗ)) + ε)
  /// - adamw: w ← (1 − ηλ)w, then adam with g without λw
  struct Case: Sendable {
    let optimizer: String
    let one: [Double]
    let five: [Double]

    init(_ optimizer: String, one: [Double], five: [Double]) {
      (self.optimizer, self.one, self.five) = (optimizer, one, five)
    }
  }

  static let cases = [
    Case(
      "sgd",
      one: [0.4895, -1.22875, 1.968, 0, -0.17997, 0.001099, 3.197, -0.73929999, 0.094900001],
      five: [
        0.44261488, -1.1538724, 1.9401798, -0.0248502, -0.0045757986, 0.00069471031, 3.2844313,
        -0.72628735, 0.094570959,
      ]),
    Case(
      "momentum",
      one: [0.4895, -1.22875, 1.968, 0, -0.17997, 0.001099, 3.197, -0.73929999, 0.094900001],
      five: [
        0.3491565, -1.0560814, 1.7929727, -0.14232747, -0.20958674, 0.00093064635, 3.6881066, -0.88627956,
        0.034308827,
      ]),
    Case(
      "nesterov",
      one: [0.48005, -1.209625, 1.9392, 0, -0.314943, 0.0011881001, 3.3743, -0.77466999, 0.090310001],
      five: [
        0.30720572, -0.97974564, 1.7543884, -0.15242032, -0.16510504, 0.00063141578, 3.9011007,
        -0.89309039, 0.035626543,
      ]),
    Case(
      "rmsprop",
      one: [
        -0.49999905, -0.25000047, 1.0000003, 0, -1.0299999, 1.000899, 3.9999999, -1.6999997, -0.89999804,
      ],
      five: [
        -1.7719431, 0.56828871, 0.95712982, -0.45032863, -0.23804125, -0.30851079, 4.1123958, -1.8870114,
        -0.78859655,
      ]),
    Case(
      "rmsprop:rho=0.9;epsilon=1e-3",
      one: [
        0.1930176, -0.93840911, 1.6868667, 0, -0.34556237, 0.07639609, 3.315721, -1.0137035, -0.19776473,
      ],
      five: [
        -0.24666681, -0.6601951, 1.6668451, -0.13961332, -0.083234727, -0.13087352, 3.3546325, -1.0892759,
        -0.18938869,
      ]),
    Case(
      "adam",
      one: [0.40000001, -1.15, 1.9, 0, -0.13, 0.10099899, 3.1, -0.79999999, 2.1097955e-8],
      five: [
        0.12733594, -0.96001736, 1.7634166, -0.089899878, -0.13958388, -0.0017426993, 3.2206321,
        -0.98357916, -0.12615649,
      ]),
    Case(
      "adam:beta1=0.8;beta2=0.99;epsilon=1e-4",
      one: [
        0.40009515, -1.150047, 1.9000312, 0, -0.12999333, 0.091825689, 3.0999949, -0.79997455,
        0.0001956962,
      ],
      five: [
        0.12946629, -0.96153744, 1.7697692, -0.08447274, -0.12368588, -0.0099297133, 3.2020547,
        -0.96091399, -0.12199084,
      ]),
    Case(
      "adamw",
      one: [0.39950001, -1.14875, 1.898, 0, -0.12997, 0.100998, 3.097, -0.79929999, -9.9978511e-5],
      five: [
        0.13006336, -0.96974985, 1.7725309, -0.089833865, -0.13935484, 0.078410535, 3.2104243,
        -0.98356309, -0.12500164,
      ]),
  ]

  @Test(arguments: cases)
  func `Steps agree with independent figures`(figures: Case) throws {
    let optimizer = try OptimizerConfiguration(parsing: figures.optimizer).optimizer(momentum: 0.9)
    for (steps, expected) in [(1, figures.one), (5, figures.five)] {
      let weights = Self.weights(after: steps, of: optimizer)
      for (i, (weight, figure)) in zip(weights, expected).enumerated() {
        // A weight that steps have brought near zero has the error of the larger values that it had before.
        let scale = max(abs(figure), abs(Double(Self.start[i])), abs(figures.one[i]))
        #expect(
          abs(Double(weight) - figure) <= 1e-5 * scale,
          "\(figures.optimizer), step \(steps), weight \(i): \(weight), not \(figure)")
      }
    }
  }

  @Test(arguments: OptimizerKind.allCases)
  func `A step does not depend on how the vector is cut`(kind: OptimizerKind) {
    let optimizer = OptimizerConfiguration(kind).optimizer(momentum: 0.9)
    let whole = Self.weights(after: 5, of: optimizer)
    for cut in 1..<Self.start.count {
      #expect(Self.weights(after: 5, of: optimizer, cut: cut) == whole, "cut at \(cut)")
    }
  }

  @Test(arguments: OptimizerKind.allCases)
  func `A gradient that is not a number is seen in the weight`(kind: OptimizerKind) {
    let optimizer = OptimizerConfiguration(kind).optimizer(momentum: 0.9)
    var gradients = Self.gradients
    gradients[0][2] = .nan
    let weights = Self.weights(after: 1, of: optimizer, gradients: gradients)
    #expect(weights.map(\.isNaN) == (0..<9).map { $0 == 2 })
  }

  @Test func `Biases do not decay`() {
    for kind in OptimizerKind.allCases {
      let optimizer = OptimizerConfiguration(kind).optimizer(momentum: 0.9)
      let zeros = Self.gradients.map { $0.map { _ in Float(0) } }
      #expect(Self.weights(after: 3, of: optimizer, gradients: zeros, decay: 0) == Self.start, "\(kind)")
    }
  }

  @Test func `The square root is accurate to eight parts in ten million`() {
    for exponent in -120...120 {
      for step in 0..<64 {
        let x = Float(sign: .plus, exponent: exponent, significand: 1 + Float(step) / 64)
        let exact = Double(x).squareRoot()
        #expect(abs(Double(squareRoot(x)) - exact) <= 8e-7 * exact, "√\(x)")
      }
    }
    #expect(squareRoot(Float(0)) == 0)
    #expect(squareRoot(Float.nan).isNaN)
  }

  /// The weights after some steps, each carried out in two blocks.
  static func weights(
    after steps: Int, of optimizer: any Optimizer, cut: Int = 0, gradients: [[Float]] = gradients,
    decay: Float = 0.01
  ) -> [Float] {
    let weights = FlatVector(start)
    let gradient = FlatVector(count: start.count)
    let states = optimizer.stateNames.map { _ in FlatVector(count: start.count) }
    let pointers = states.map(\.base)
    // A vector's memory is read through pointers that do not keep it alive.
    defer { withExtendedLifetime((gradient, states)) {} }
    for step in 1...steps {
      gradient.assign(gradients[step - 1])
      for block in [0..<cut, cut..<start.count] {
        pointers.withUnsafeBufferPointer { pointers in
          optimizer.update(
            ParameterBlock(
              parameters: weights.base + block.lowerBound, gradient: gradient.base + block.lowerBound,
              states: pointers.baseAddress ?? UnsafePointer(bitPattern: 8)!, offset: block.lowerBound,
              count: block.count, weightDecay: decay),
            learningRate: 0.1, step: step)
        }
      }
    }
    return weights.values
  }
}
