public import MillraceNetwork
public import MillraceRandom

/// output = (A·x) · (B·x), unit by unit: two matrices that take the same input.
public struct TwoMatrices: Layer {
  /// The columns of the input.
  public let inputCount: Int
  /// The columns of the output.
  public let outputCount: Int

  /// Describes a layer.
  public init(inputCount: Int, outputCount: Int) {
    (self.inputCount, self.outputCount) = (inputCount, outputCount)
  }

  /// The word for this kind of layer.
  public var name: String { "bilinear" }
  /// The parameters: A and B.
  public var parameters: [ParameterDescription] {
    ["left", "right"].map {
      ParameterDescription(
        name: $0, shape: [outputCount, inputCount], role: .weight, matrix: WeightMatrix(gradient: .written))
    }
  }
  /// The layer keeps nothing but what belongs to the matrices.
  public func scratchCount(rows: Int, training: Bool) -> Int { 0 }

  /// The weights begin as N(0, 1 / inputs).
  public func initialize(_ values: UnsafeMutablePointer<Float>, using random: inout KeyedRandom) {
    for i in 0..<2 * outputCount * inputCount {
      values[i] = random.normal() / Float(inputCount).squareRoot()
    }
  }

  /// Multiplies the products.
  public func forward(
    _ input: Matrix, into output: Matrix, parameters: UnsafePointer<Float>, context: LayerContext
  ) {
    let (left, right) = (context.product(0), context.product(1))
    for row in 0..<output.rows {
      for unit in 0..<outputCount { output.row(row)[unit] = left.row(unit)[row] * right.row(unit)[row] }
    }
  }

  /// The gradient of each product is the output's gradient times the other product.
  public func backward(
    input: Matrix, output: Matrix, outputGradient: Matrix, inputGradient: Matrix?,
    parameters: UnsafePointer<Float>, gradient: UnsafeMutablePointer<Float>, context: LayerContext
  ) {
    let weights = UnsafeMutablePointer(mutating: parameters)
    for number in 0..<2 {
      let (other, left) = (context.product(1 - number), context.productGradient(number))
      for row in 0..<output.rows {
        for unit in 0..<outputCount {
          left.row(row)[unit] = outputGradient.row(row)[unit] * other.row(unit)[row]
        }
      }
      guard let inputGradient else { continue }
      let matrix = Matrix(
        base: weights + number * outputCount * inputCount, rows: outputCount, columns: inputCount)
      MatrixKernel.fast.multiply(left, matrix, into: inputGradient, accumulating: number > 0)
    }
  }
}
