import Testing

@testable import MillraceNetwork

/// Each loss and its gradient, compared with the same formulas in NumPy, in double precision.
struct LossTests {
  static let outputs: [Float] = [0.5, -1.25, 2, 0.25, -3, 0.75, 0.5, 1.5, 4, -2, 0, 0.125]
  static let labels: [Int32] = [2, 0, 3]
  static let soft: [Float] = [0.1, 0.2, 0.6, 0.1, 0.5, 0.5, 0, 0, 0.25, 0.25, 0.25, 0.25]

  enum Mode: Sendable {
    case classes
    /// ε = 0.1 and class weights ½, 1, 2, ¼.
    case smoothedAndWeighted
    case soft
  }

  /// The sum of the losses of three rows, and the gradient of their mean. With t the target, 1 − ε + ε/4 for the
  /// label and ε/4 for the others, and each row's loss times the weight of its label:
  /// - cross-entropy: −Σ t·log softmax(s)
  /// - hinge: Σ over y of t_y · Σ over i ≠ y of max(0, 1 − s_y + s_i)
  /// - binary cross-entropy: mean of log(1 + eˢ) − t·s
  /// - squared error: mean of (s − t)²
  struct Case: Sendable {
    let kind: LossKind
    let mode: Mode
    let sum: Double
    let gradient: [Double]

    init(_ kind: LossKind, _ mode: Mode, sum: Double, gradient: [Double]) {
      (self.kind, self.mode, self.sum, self.gradient) = (kind, mode, sum, gradient)
    }
  }

  static let cases = [
    Case(
      .crossEntropy, .classes, sum: 9.39326399,
      gradient: [
        0.051805979, 0.0090025292, -0.10115504, 0.040346537, -0.33133318, 0.085048798, 0.066236071,
        0.18004831, 0.32003624, 0.00079329051, 0.0058616681, -0.32669119,
      ]),
    Case(
      .crossEntropy, .smoothedAndWeighted, sum: 4.4281297,
      gradient: [
        0.086945291, 0.0013383918, -0.15231009, 0.064026407, -0.15316659, 0.038357733, 0.028951369,
        0.085857487, 0.077925725, -0.0018850107, -0.00061791631, -0.075422798,
      ]),
    Case(
      .crossEntropy, .soft, sum: 8.08701402,
      gradient: [
        0.018472646, -0.057664138, 0.032178288, 0.0070132042, -0.16466651, -0.081617868, 0.066236071,
        0.18004831, 0.2367029, -0.082540043, -0.077471665, -0.076691193,
      ]),
    Case(
      .hinge, .classes, sum: 20.5,
      gradient: [0, 0, 0, 0, -1, 0.33333333, 0.33333333, 0.33333333, 0.33333333, 0, 0.33333333, -0.66666667]),
    Case(
      .hinge, .smoothedAndWeighted, sum: 9.184375,
      gradient: [0, -0.05, 0.05, 0, -0.4625, 0.15416667, 0.15, 0.15833333, 0.08125, -0.00625, 0.075, -0.15]),
    Case(
      .hinge, .soft, sum: 17.5,
      gradient: [
        0.033333334, -0.2, 0.13333333, 0.033333334, -0.5, -0.16666667, 0.33333333, 0.33333333, 0.25,
        -0.25, 0, 0,
      ]),
    Case(
      .binaryCrossEntropy, .classes, sum: 3.62766157,
      gradient: [
        0.051871611, 0.018558345, -0.0099335768, 0.046848042, -0.079381177, 0.056598225, 0.051871611,
        0.068131206, 0.081834482, 0.0099335768, 0.041666667, -0.039065886,
      ]),
    Case(
      .binaryCrossEntropy, .smoothedAndWeighted, sum: 2.33097402,
      gradient: [
        0.099576555, 0.032950023, -0.0073671537, 0.089529417, -0.036565589, 0.027257446, 0.024894139,
        0.033023937, 0.019937787, 0.0019625609, 0.0098958333, -0.0082039714,
      ]),
    Case(
      .binaryCrossEntropy, .soft, sum: 3.30109906,
      gradient: [
        0.043538277, 0.001891678, 0.023399755, 0.038514708, -0.037714511, 0.014931558, 0.051871611,
        0.068131206, 0.061001149, -0.010899756, 0.020833333, 0.023434114,
      ]),
    Case(
      .squaredError, .classes, sum: 10.6757812,
      gradient: [
        0.083333333, -0.20833333, 0.16666667, 0.041666667, -0.66666667, 0.125, 0.083333333, 0.25,
        0.66666667, -0.33333333, 0, -0.14583333,
      ]),
    Case(
      .squaredError, .smoothedAndWeighted, sum: 5.10417969,
      gradient: [
        0.15833333, -0.425, 0.35833333, 0.075, -0.32708333, 0.060416667, 0.039583333, 0.12291667,
        0.165625, -0.084375, -0.0010416667, -0.033333333,
      ]),
    Case(
      .squaredError, .soft, sum: 9.56515624,
      gradient: [
        0.066666666, -0.24166667, 0.23333333, 0.025, -0.58333333, 0.041666667, 0.083333333, 0.25, 0.625,
        -0.375, -0.041666667, -0.020833333,
      ]),
  ]

  @Test(arguments: cases)
  func `Value and gradient agree with independent figures`(figures: Case) {
    let isPlain = figures.mode != .smoothedAndWeighted
    let loss = LossFunction(
      figures.kind.implementation, outputs: 4, labelSmoothing: isPlain ? 0 : 0.1,
      classWeights: isPlain ? [] : [0.5, 1, 2, 0.25])
    let (sum, gradient) = Self.evaluate(loss, Self.outputs, soft: figures.mode == .soft ? Self.soft : nil)
    #expect(abs(sum.loss - figures.sum) <= 1e-6 * figures.sum, "\(sum.loss)")
    for (i, (value, figure)) in zip(gradient, figures.gradient).enumerated() {
      #expect(abs(Double(value) - figure) <= 3e-7, "element \(i): \(value)")
    }
  }

  @Test(arguments: LossKind.allCases)
  func `Smoothing and class weights belong to training alone`(kind: LossKind) {
    let trained = LossFunction(
      kind.implementation, outputs: 4, labelSmoothing: 0.1, classWeights: [0.5, 1, 2, 0.25])
    let plain = LossFunction(kind.implementation, outputs: 4, labelSmoothing: 0, classWeights: [])
    #expect(
      Self.evaluate(trained, Self.outputs, isTraining: false).sum == Self.evaluate(plain, Self.outputs).sum)
    #expect(Self.evaluate(trained, Self.outputs).sum != Self.evaluate(plain, Self.outputs).sum)
  }

  @Test(arguments: LossKind.allCases)
  func `A row of weight 2 gives twice its loss and gradient, and in validation nothing more`(kind: LossKind) {
    let loss = LossFunction(
      kind.implementation, outputs: 4, labelSmoothing: 0.1, classWeights: [0.5, 1, 2, 0.25])
    for soft in [nil, Self.soft] {
      let plain = Self.evaluate(loss, Self.outputs, soft: soft)
      let weighted = Self.evaluate(loss, Self.outputs, soft: soft, weights: [1, 2, 1])
      for i in 0..<12 {
        #expect(weighted.gradient[i] == ((4..<8).contains(i) ? 2 : 1) * plain.gradient[i])
      }
      let alone = Self.evaluate(loss, Self.outputs, soft: soft, weights: [1e-30, 1, 1e-30])
      #expect(abs(weighted.sum.loss - plain.sum.loss - alone.sum.loss) < 1e-6)
      #expect(weighted.sum.correct == plain.sum.correct && weighted.sum.count == 3)
      let ones = Self.evaluate(loss, Self.outputs, soft: soft, weights: [1, 1, 1])
      #expect(ones.sum == plain.sum && ones.gradient == plain.gradient)
      #expect(
        Self.evaluate(loss, Self.outputs, soft: soft, weights: [3, 2, 5], isTraining: false).sum
          == Self.evaluate(loss, Self.outputs, soft: soft, isTraining: false).sum)
    }
  }

  @Test(arguments: LossKind.allCases)
  func `One-hot values are the same as labels`(kind: LossKind) {
    let loss = LossFunction(
      kind.implementation, outputs: 4, labelSmoothing: 0.1, classWeights: [0.5, 1, 2, 0.25])
    let values: [Float] = Self.labels.flatMap { label -> [Float] in (0..<4).map { $0 == label ? 1 : 0 } }
    let (sum, gradient) = Self.evaluate(loss, Self.outputs)
    let (sumOfValues, gradientOfValues) = Self.evaluate(loss, Self.outputs, soft: values)
    #expect(abs(sum.loss - sumOfValues.loss) < 1e-6 && sum.correct == sumOfValues.correct)
    #expect(relativeError(gradient, gradientOfValues) < 1e-6)
  }

  @Test func `The largest output decides what is correct, and NaN never is`() {
    let loss = LossFunction(SoftmaxCrossEntropy(), outputs: 4, labelSmoothing: 0, classWeights: [])
    #expect(Self.evaluate(loss, Self.outputs).sum.correct == 1)
    #expect(Self.evaluate(loss, Self.outputs).sum.count == 3)
    let nothing = [Float](repeating: .nan, count: 12)
    #expect(Self.evaluate(loss, nothing).sum.correct == 0)
  }

  @Test(arguments: LossKind.allCases)
  func `An output that is not a number makes the loss not a number`(kind: LossKind) {
    let loss = LossFunction(kind.implementation, outputs: 4, labelSmoothing: 0, classWeights: [])
    for place in 0..<4 {
      var outputs = Self.outputs
      outputs[place] = .nan
      #expect(Self.evaluate(loss, outputs).sum.loss.isNaN, "output \(place)")
    }
  }

  @Test func `Large outputs neither overflow nor underflow`() {
    for kind in [LossKind.crossEntropy, .binaryCrossEntropy] {
      let loss = LossFunction(kind.implementation, outputs: 4, labelSmoothing: 0, classWeights: [])
      // The outputs are sure and right, sure and wrong, or undecided.
      let outputs: [Float] = [-1e4, -1e4, 1e4, -1e4, -1e4, 1e4, -1e4, -1e4, 1e4, 1e4, 1e4, 1e4]
      let (sum, gradient) = Self.evaluate(loss, outputs)
      #expect(sum.loss.isFinite && gradient.allSatisfy(\.isFinite))
      let wrong = kind == .crossEntropy ? 2e4 + 1.3862944 : 5e3 + 7.5e3
      #expect(abs(sum.loss - wrong) < 1e-2, "\(sum.loss)")
    }
  }

  @Test func `What a user reads are probabilities`() {
    let softmax = Self.predict(.crossEntropy)
    for row in 0..<3 { #expect(abs(softmax[row * 4..<row * 4 + 4].reduce(0, +) - 1) < 1e-6) }
    // e² / (e^½ + e^−1¼ + e² + e^¼).
    #expect(abs(softmax[2] - 0.69653487) < 1e-6)
    // 1 / (1 + e^−2).
    #expect(abs(Self.predict(.binaryCrossEntropy)[2] - 0.88079708) < 1e-6)
    #expect(Self.predict(.hinge) == Self.outputs)
    #expect(Self.predict(.squaredError) == Self.outputs)
  }

  static func evaluate(
    _ loss: LossFunction, _ outputs: [Float], soft: [Float]? = nil, weights: [Float]? = nil,
    isTraining: Bool = true
  ) -> (sum: LossSum, gradient: [Float]) {
    var outputs = outputs
    var gradient = [Float](repeating: .nan, count: 12)
    let sum = outputs.withUnsafeMutableBufferPointer { outputs in
      gradient.withUnsafeMutableBufferPointer { gradient in
        labels.withUnsafeBufferPointer { labels in
          (soft ?? [0]).withUnsafeBufferPointer { values in
            (weights ?? [0]).withUnsafeBufferPointer { factors in
              loss.evaluate(
                Matrix(base: outputs.baseAddress!, rows: 3, columns: 4),
                soft == nil ? .classes(labels.baseAddress!) : .values(values.baseAddress!),
                weights: weights == nil ? nil : factors.baseAddress!,
                gradient: Matrix(base: gradient.baseAddress!, rows: 3, columns: 4), scale: 1.0 / 3,
                isTraining: isTraining)
            }
          }
        }
      }
    }
    return (sum, gradient)
  }

  static func predict(_ kind: LossKind) -> [Float] {
    var outputs = outputs
    outputs.withUnsafeMutableBufferPointer {
      LossFunction(kind.implementation, outputs: 4, labelSmoothing: 0, classWeights: [])
        .predict(Matrix(base: $0.baseAddress!, rows: 3, columns: 4))
    }
    return outputs
  }
}
