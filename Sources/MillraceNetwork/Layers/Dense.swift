public import MillraceRandom

/// A fully connected layer: output = f(input · Wᵀ + b), with the activation f fused around the product.
///
/// Parameters: `weight` (outputs, inputs), then `bias` (outputs).
public struct Dense: Layer {
  public let inputCount: Int
  public let outputCount: Int
  /// The activation f.
  public let activation: ActivationKind
  /// Who multiplies.
  public let kernel: MatrixKernel

  /// Describes a layer.
  ///
  /// - Parameters:
  ///   - inputCount: At least 1.
  ///   - outputCount: At least 1.
  ///   - activation: The function applied to each output.
  ///   - kernel: Who multiplies; the naive kernel is for tests.
  public init(
    inputCount: Int, outputCount: Int, activation: ActivationKind, kernel: MatrixKernel = .blas
  ) {
    precondition(
      inputCount > 0 && outputCount > 0,
      "a dense layer needs at least one input and one output, got \(inputCount) and \(outputCount)")
    self.inputCount = inputCount
    self.outputCount = outputCount
    self.activation = activation
    self.kernel = kernel
  }

  public var name: String { "dense" }

  public var parameters: [ParameterDescription] {
    [
      ParameterDescription(name: "weight", shape: [outputCount, inputCount], decays: true),
      ParameterDescription(name: "bias", shape: [outputCount], decays: false),
    ]
  }

  private var weightCount: Int { outputCount * inputCount }

  /// He initialisation: weights from N(0, 2 / inputs), biases zero.
  ///
  /// Source: He, Zhang, Ren, Sun, "Delving deep into rectifiers", 2015.
  public func initialize(_ values: UnsafeMutablePointer<Float>, using random: inout KeyedRandom) {
    let deviation = (2 / Float(inputCount)).squareRoot()
    for i in 0..<weightCount { values[i] = deviation * random.normal() }
    (values + weightCount).update(repeating: 0, count: outputCount)
  }

  public func forward(_ input: Matrix, into output: Matrix, parameters: UnsafePointer<Float>) {
    kernel.multiply(input, transposed: weight(parameters), into: output)
    let function = activation.implementation
    let bias = parameters + weightCount
    for row in 0..<output.rows {
      function.apply(to: output.row(row), bias: bias, count: outputCount)
    }
  }

  public func backward(
    input: Matrix, output: Matrix, outputGradient: Matrix, inputGradient: Matrix?,
    parameters: UnsafePointer<Float>, gradient: UnsafeMutablePointer<Float>
  ) {
    let function = activation.implementation
    let biasGradient = gradient + weightCount
    biasGradient.update(repeating: 0, count: outputCount)
    for row in 0..<output.rows {
      function.backward(
        output: output.row(row), gradient: outputGradient.row(row), biasGradient: biasGradient,
        count: outputCount)
    }
    let weightGradient = Matrix(base: gradient, rows: outputCount, columns: inputCount)
    kernel.multiply(transposed: outputGradient, input, into: weightGradient)
    if let inputGradient {
      kernel.multiply(outputGradient, weight(parameters), into: inputGradient)
    }
  }

  /// The weights as a matrix. BLAS takes mutable pointers only by convention: nothing writes through it.
  private func weight(_ parameters: UnsafePointer<Float>) -> Matrix {
    Matrix(base: UnsafeMutablePointer(mutating: parameters), rows: outputCount, columns: inputCount)
  }
}
