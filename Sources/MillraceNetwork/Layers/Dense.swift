public import MillraceRandom

/// A fully connected layer: output = f(input · Wᵀ + b), with the activation f fused around the product.
///
/// Parameters: `weight` (outputs, inputs), then `bias` (outputs) unless a following layer shifts by itself.
public struct Dense: Layer {
  /// The columns of the input.
  public let inputCount: Int
  /// The columns of the output.
  public let outputCount: Int
  /// The activation f.
  public let activation: ActivationKind
  /// Whether there is a bias.
  public let hasBias: Bool
  /// How the weights begin.
  public let initializer: Initializer
  /// How the biases begin.
  public let initialBias: Float
  /// Who multiplies.
  public let kernel: MatrixKernel

  private let function: any ElementwiseActivation.Type

  /// Describes a layer.
  ///
  /// - Parameters:
  ///   - inputCount: At least 1.
  ///   - outputCount: At least 1.
  ///   - activation: The function applied to each output.
  ///   - hasBias: Whether there is a bias.
  ///   - initializer: How the weights begin.
  ///   - initialBias: How the biases begin; slightly above zero keeps a ReLU alive at first.
  ///   - kernel: Who multiplies; the naive kernel is for tests.
  public init(
    inputCount: Int, outputCount: Int, activation: ActivationKind, hasBias: Bool = true,
    initializer: Initializer = .he, initialBias: Float = 0, kernel: MatrixKernel = .fast
  ) {
    precondition(
      inputCount > 0 && outputCount > 0,
      "a dense layer needs at least one input and one output, got \(inputCount) and \(outputCount)")
    self.inputCount = inputCount
    self.outputCount = outputCount
    self.activation = activation
    self.hasBias = hasBias
    self.initializer = initializer
    self.initialBias = initialBias
    self.kernel = kernel
    function = activation.implementation
  }

  /// The word for this kind of layer.
  public var name: String { "dense" }

  /// The tensors of the slice.
  public var parameters: [ParameterDescription] {
    let weight = ParameterDescription(name: "weight", shape: [outputCount, inputCount], role: .weight)
    return hasBias
      ? [weight, ParameterDescription(name: "bias", shape: [outputCount], role: .bias)] : [weight]
  }

  /// The product as it comes, and the input of an activation whose derivative cannot do without it.
  public func scratchCount(rows: Int) -> Int {
    (function.derivativeNeedsInput ? 2 : 1) * rows * outputCount
  }

  private var weightCount: Int { outputCount * inputCount }

  /// Writes the initial parameters.
  public func initialize(_ values: UnsafeMutablePointer<Float>, using random: inout KeyedRandom) {
    initializer.fillWeights(values, inputs: inputCount, outputs: outputCount, using: &random)
    if hasBias {
      (values + weightCount).update(repeating: initialBias, count: outputCount)
    }
  }

  /// See ``Layer``.
  public func writeProduct(
    of units: Range<Int>, _ input: Matrix, parameters: UnsafePointer<Float>, context: LayerContext
  ) {
    // The product is computed as W · inputᵀ: what lies transposed on the right is taken apart, and W is the larger one.
    let product = Matrix(
      base: context.scratch + units.lowerBound * input.rows, rows: units.count, columns: input.rows)
    kernel.multiply(weights(of: units, parameters), transposed: input, into: product)
  }

  /// See ``Layer``.
  public func forward(
    _ input: Matrix, into output: Matrix, parameters: UnsafePointer<Float>, context: LayerContext
  ) {
    let product = Matrix(base: context.scratch, rows: outputCount, columns: output.rows)
    let sums =
      function.derivativeNeedsInput
      ? Matrix(base: keptSums(context, rows: output.rows), rows: output.rows, columns: outputCount) : output
    transpose(product, adding: hasBias ? parameters + weightCount : nil, into: sums)
    for row in 0..<output.rows {
      function.apply(sums.row(row), to: output.row(row), count: outputCount)
    }
  }

  /// See ``Layer``.
  public func backward(
    input: Matrix, output: Matrix, outputGradient: Matrix, inputGradient: Matrix?,
    parameters: UnsafePointer<Float>, gradient: UnsafeMutablePointer<Float>, context: LayerContext
  ) {
    let kept = keptSums(context, rows: output.rows)
    if hasBias { gradient.update(repeating: 0, count: outputCount) }
    for row in 0..<output.rows {
      let sums = function.derivativeNeedsInput ? kept + row * outputCount : output.row(row)
      function.backward(
        input: sums, output: output.row(row), gradient: outputGradient.row(row), count: outputCount)
      if hasBias { add(outputGradient.row(row), to: gradient, count: outputCount) }
    }
    if let inputGradient {
      kernel.multiply(outputGradient, weights(of: 0..<outputCount, parameters), into: inputGradient)
    }
  }

  /// See ``Layer``.
  public func writeWeightGradient(
    of units: Range<Int>, input: Matrix, outputGradient: Matrix, into gradient: Matrix
  ) {
    kernel.multiply(transposed: outputGradient, columns: units, input, into: gradient)
  }

  /// Where the activation's inputs stay from forward to backward: behind the product.
  private func keptSums(_ context: LayerContext, rows: Int) -> UnsafeMutablePointer<Float> {
    context.scratch + rows * outputCount
  }

  /// Rows of the weights as a matrix. Its pointer is mutable only because a matrix's is: nothing writes through it.
  private func weights(of units: Range<Int>, _ parameters: UnsafePointer<Float>) -> Matrix {
    Matrix(
      base: UnsafeMutablePointer(mutating: parameters) + units.lowerBound * inputCount, rows: units.count,
      columns: inputCount)
  }
}
