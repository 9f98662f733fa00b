/// How a layer multiplies with one of its tensors, a matrix W of (units, inputs).
///
/// product = W · operandᵀ, and the gradient of W is gᵀ · operand, g being that of the product. A layer says where the
/// operand and g come from; who multiplies, and when, is not its business. So the rows of a matrix can be shared out
/// among workers, each of which multiplies its own with the operands of all shards.
public struct WeightMatrix: Sendable, Hashable {
  /// What it is multiplied with.
  public enum Operand: Sendable, Hashable {
    /// The layer's input, as it stands.
    case input
    /// What ``Layer/writeOperand(of:_:parameters:context:)`` writes, in memory of its own.
    case written
  }

  /// Where the gradient of the loss with respect to the product stands after the backward pass.
  public enum Gradient: Sendable, Hashable {
    /// Where the output's stood: each output is one unit's.
    case output
    /// In memory of its own: ``LayerContext/productGradient(_:)``.
    case written
  }

  /// The parts of a sample that share the matrix, such as the patches of an image: each is a row of the operand. 1: a
  /// sample is multiplied as a whole.
  public let parts: Int
  /// What it is multiplied with.
  public let operand: Operand
  /// Where the gradient of its product stands.
  public let gradient: Gradient

  /// Describes a matrix that is multiplied with whole samples.
  ///
  /// - Parameters:
  ///   - operand: The input, where each unit learns from all of it.
  ///   - gradient: The output's, where each unit is one output.
  public init(operand: Operand = .input, gradient: Gradient = .output) {
    (parts, self.operand, self.gradient) = (1, operand, gradient)
  }

  /// Describes a matrix that the parts of a sample share.
  ///
  /// - Parameter parts: At least 1.
  public init(sharedByParts parts: Int) {
    (self.parts, operand, gradient) = (parts, .written, .written)
  }

  /// Why a layer cannot have it; nil where it can.
  func problem(_ tensor: ParameterDescription, of layer: any Layer) -> String? {
    if parts < 1 || tensor.shape.count < 2 || tensor.count < 1 {
      return "a matrix needs units, inputs and a part of a sample; got \(tensor.shape) and \(parts) parts"
    }
    if operand == .input, tensor.rowLength != layer.inputCount {
      return
        "a matrix of \(tensor.rowLength) inputs cannot take the layer's input, which has \(layer.inputCount)"
    }
    if gradient == .output, tensor.shape[0] != layer.outputCount {
      return "the gradient of \(tensor.shape[0]) units cannot be that of \(layer.outputCount) outputs"
    }
    return nil
  }
}

/// Where a pass has what it needs of a matrix.
struct MatrixMemory {
  let units: Int
  let inputs: Int
  let parts: Int
  /// Nil where the layer's input is the operand.
  let operandStart: UnsafeMutablePointer<Float>?
  let productStart: UnsafeMutablePointer<Float>
  /// Nil where the output's gradient is the product's, and where nothing is learned.
  let gradientStart: UnsafeMutablePointer<Float>?

  func operand(rows: Int) -> Matrix {
    guard let operandStart else { preconditionFailure("the operand of this matrix is the layer's input") }
    return Matrix(base: operandStart, rows: rows * parts, columns: inputs)
  }

  func product(rows: Int) -> Matrix { Matrix(base: productStart, rows: units, columns: rows * parts) }

  /// Some rows of the product.
  func product(of units: Range<Int>, rows: Int) -> Matrix {
    let count = rows * parts
    return Matrix(base: productStart + units.lowerBound * count, rows: units.count, columns: count)
  }

  func gradient(rows: Int) -> Matrix {
    guard let gradientStart else {
      preconditionFailure("the gradient of this product is the output's, or nothing is learned")
    }
    return Matrix(base: gradientStart, rows: rows * parts, columns: units)
  }
}
