import MillraceRandom

/// A layer that stays as it is: training computes with it as prediction does, and steps none of its parameters.
///
/// Batch normalisation goes by its running averages then, and dropout drops nothing. Nothing goes back through it, so all
/// layers before it are fixed, too.
struct Fixed: Layer {
  private let layer: any Layer

  /// Fixes a layer.
  init(_ layer: any Layer) { self.layer = layer }

  var name: String { layer.name }
  var inputCount: Int { layer.inputCount }
  var outputCount: Int { layer.outputCount }

  var parameters: [ParameterDescription] {
    layer.parameters.map {
      ParameterDescription(name: $0.name, shape: $0.shape, role: .fixed, matrix: $0.matrix)
    }
  }

  var multiplicationsPerSample: Int { layer.multiplicationsPerSample }

  func scratchCount(rows: Int, training: Bool) -> Int { layer.scratchCount(rows: rows, training: false) }

  func initialize(_ values: UnsafeMutablePointer<Float>, using random: inout KeyedRandom) {
    layer.initialize(values, using: &random)
  }

  func writeOperand(
    of matrix: Int, _ input: Matrix, parameters: UnsafePointer<Float>, context: LayerContext
  ) {
    layer.writeOperand(of: matrix, input, parameters: parameters, context: context.inUse)
  }

  func forward(
    _ input: Matrix, into output: Matrix, parameters: UnsafePointer<Float>, context: LayerContext
  ) {
    layer.forward(input, into: output, parameters: parameters, context: context.inUse)
  }

  func backward(
    input: Matrix, output: Matrix, outputGradient: Matrix, inputGradient: Matrix?,
    parameters: UnsafePointer<Float>, gradient: UnsafeMutablePointer<Float>, context: LayerContext
  ) {}
}

extension LayerContext {
  /// The same pass for a layer that is used and not learned.
  fileprivate var inUse: LayerContext {
    LayerContext(
      isTraining: false, layer: layer, scratch: scratch, samples: samples, minibatchCount: minibatchCount,
      sums: sums, rows: rows, matrices: matrices)
  }
}
