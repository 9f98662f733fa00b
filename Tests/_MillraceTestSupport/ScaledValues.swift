public import MillraceNetwork
public import MillraceRandom

/// Each value times a weight of its own: weights that are penalised and are not a matrix, and whose gradient the
/// layer writes.
public struct ScaledValues: Layer {
  /// The columns of input and output.
  public let inputCount: Int

  /// Describes a layer.
  public init(count: Int) { inputCount = count }

  /// The word for this kind of layer.
  public var name: String { "scaled" }
  /// The number of outputs: as many as the inputs.
  public var outputCount: Int { inputCount }
  /// The parameters: a weight for each value.
  public var parameters: [ParameterDescription] {
    [ParameterDescription(name: "weight", shape: [inputCount], role: .weight)]
  }
  /// The layer keeps nothing.
  public func scratchCount(rows: Int, training: Bool) -> Int { 0 }

  /// The weights begin at about 1.
  public func initialize(_ values: UnsafeMutablePointer<Float>, using random: inout KeyedRandom) {
    for i in 0..<inputCount { values[i] = random.uniform(0.5, 1.5) }
  }

  /// Scales the values.
  public func forward(
    _ input: Matrix, into output: Matrix, parameters: UnsafePointer<Float>, context: LayerContext
  ) {
    for row in 0..<input.rows {
      for i in 0..<inputCount { output.row(row)[i] = input.row(row)[i] * parameters[i] }
    }
  }

  /// Writes both gradients.
  public func backward(
    input: Matrix, output: Matrix, outputGradient: Matrix, inputGradient: Matrix?,
    parameters: UnsafePointer<Float>, gradient: UnsafeMutablePointer<Float>, context: LayerContext
  ) {
    gradient.update(repeating: 0, count: inputCount)
    for row in 0..<input.rows {
      for i in 0..<inputCount {
        gradient[i] += outputGradient.row(row)[i] * input.row(row)[i]
        inputGradient?.row(row)[i] = outputGradient.row(row)[i] * parameters[i]
      }
    }
  }
}
