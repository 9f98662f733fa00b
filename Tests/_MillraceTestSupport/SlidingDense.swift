public import MillraceNetwork
public import MillraceRandom

/// A dense layer that slides over a sample: windows of neighbouring values, which overlap, share one weight matrix.
///
/// To the step it is like a convolution: a matrix that is multiplied with rows × parts.
public struct SlidingDense: Layer {
  /// The number of values of a sample.
  public let inputCount: Int
  /// The number of values of a window.
  public let width: Int
  /// The number of values from one window to the next.
  public let step: Int
  /// The number of outputs of a window.
  public let units: Int

  /// Describes a layer.
  public init(inputCount: Int, width: Int, step: Int, units: Int) {
    (self.inputCount, self.width, self.step, self.units) = (inputCount, width, step, units)
  }

  /// The number of windows.
  public var parts: Int { (inputCount - width) / step + 1 }
  /// The word for this kind of layer.
  public var name: String { "sliding" }
  /// The outputs: the units of the first window, then those of the next.
  public var outputCount: Int { parts * units }

  /// The parameters: a matrix of more than two extents, and a bias.
  public var parameters: [ParameterDescription] {
    [
      ParameterDescription(
        name: "weight", shape: [units, width, 1], role: .weight, matrix: WeightMatrix(sharedByParts: parts)),
      ParameterDescription(name: "bias", shape: [units], role: .bias),
    ]
  }

  /// The layer keeps nothing but what belongs to the matrix.
  public func scratchCount(rows: Int, training: Bool) -> Int { 0 }

  /// The weights begin as N(0, 1 / width).
  public func initialize(_ values: UnsafeMutablePointer<Float>, using random: inout KeyedRandom) {
    for i in 0..<units * width { values[i] = random.normal() / Float(width).squareRoot() }
    (values + units * width).update(repeating: 0.1, count: units)
  }

  /// Lays the windows side by side.
  public func writeOperand(
    of matrix: Int, _ input: Matrix, parameters: UnsafePointer<Float>, context: LayerContext
  ) {
    let windows = context.operand()
    for row in 0..<input.rows {
      for part in 0..<parts {
        windows.row(row * parts + part).update(from: input.row(row) + part * step, count: width)
      }
    }
  }

  /// Adds the bias.
  public func forward(
    _ input: Matrix, into output: Matrix, parameters: UnsafePointer<Float>, context: LayerContext
  ) {
    let product = context.product()
    let bias = parameters + units * width
    for row in 0..<output.rows {
      for part in 0..<parts {
        for unit in 0..<units {
          output.row(row)[part * units + unit] = product.row(unit)[row * parts + part] + bias[unit]
        }
      }
    }
  }

  /// Copies the outputs' gradient to where the matrix's gradient is computed from it, and spreads it over the
  /// windows.
  public func backward(
    input: Matrix, output: Matrix, outputGradient: Matrix, inputGradient: Matrix?,
    parameters: UnsafePointer<Float>, gradient: UnsafeMutablePointer<Float>, context: LayerContext
  ) {
    let left = context.productGradient()
    gradient.update(repeating: 0, count: units)
    for row in 0..<output.rows {
      for part in 0..<parts {
        let values = outputGradient.row(row) + part * units
        left.row(row * parts + part).update(from: values, count: units)
        for unit in 0..<units { gradient[unit] += values[unit] }
      }
    }
    guard let inputGradient else { return }
    for row in 0..<output.rows {
      inputGradient.row(row).update(repeating: 0, count: inputCount)
      for part in 0..<parts {
        for unit in 0..<units {
          for i in 0..<width {
            inputGradient.row(row)[part * step + i] +=
              left.row(row * parts + part)[unit] * parameters[unit * width + i]
          }
        }
      }
    }
  }
}
