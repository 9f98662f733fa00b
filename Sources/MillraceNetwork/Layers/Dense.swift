public import MillraceRandom
import MillraceVectors

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
    let weight = ParameterDescription(
      name: "weight", shape: [outputCount, inputCount], role: .weight, matrix: WeightMatrix())
    return hasBias
      ? [weight, ParameterDescription(name: "bias", shape: [outputCount], role: .bias)] : [weight]
  }

  /// The input of an activation whose derivative cannot do without it.
  public func scratchCount(rows: Int, training: Bool) -> Int {
    function.derivativeNeedsInput ? rows * outputCount : 0
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
  public func forward(
    _ input: Matrix, into output: Matrix, parameters: UnsafePointer<Float>, context: LayerContext
  ) {
    let sums =
      function.derivativeNeedsInput
      ? Matrix(base: context.scratch, rows: output.rows, columns: outputCount) : output
    transpose(context.product(), adding: hasBias ? parameters + weightCount : nil, into: sums)
    for row in 0..<output.rows {
      function.apply(sums.row(row), to: output.row(row), count: outputCount)
    }
  }

  /// See ``Layer``.
  public func backward(
    input: Matrix, output: Matrix, outputGradient: Matrix, inputGradient: Matrix?,
    parameters: UnsafePointer<Float>, gradient: UnsafeMutablePointer<Float>, context: LayerContext
  ) {
    if hasBias { gradient.update(repeating: 0, count: outputCount) }
    for row in 0..<output.rows {
      let sums = function.derivativeNeedsInput ? context.scratch + row * outputCount : output.row(row)
      function.backward(
        input: sums, output: output.row(row), gradient: outputGradient.row(row), count: outputCount)
      if hasBias { add(outputGradient.row(row), to: gradient, count: outputCount) }
    }
    if let inputGradient {
      // Its pointer is mutable only because a matrix's is: nothing writes through it.
      let weights = Matrix(
        base: UnsafeMutablePointer(mutating: parameters), rows: outputCount, columns: inputCount)
      kernel.multiply(outputGradient, weights, into: inputGradient)
    }
  }
}
