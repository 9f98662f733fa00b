/// Places as planes of channels, so that a dense layer that follows has its weights in the order in which PyTorch flattens.
package struct PlaceFlattening: Layer {
  /// The input, whose channels lie next to each other.
  package let shape: PlaneShape

  /// Describes a layer.
  package init(_ shape: PlaneShape) {
    precondition(shape.count > 0, "there is nothing to flatten in \(shape)")
    self.shape = shape
  }

  /// The word for this kind of layer.
  package var name: String { "flatten" }
  /// The values of a sample.
  package var inputCount: Int { shape.count }
  /// The same values.
  package var outputCount: Int { shape.count }

  private func places(_ values: UnsafeMutablePointer<Float>) -> Matrix {
    Matrix(base: values, rows: shape.places, columns: shape.channels)
  }

  private func planes(_ values: UnsafeMutablePointer<Float>) -> Matrix {
    Matrix(base: values, rows: shape.channels, columns: shape.places)
  }

  /// See ``Layer``.
  package func forward(
    _ input: Matrix, into output: Matrix, parameters: UnsafePointer<Float>, context: LayerContext
  ) {
    for row in 0..<input.rows {
      transpose(places(input.row(row)), adding: nil, into: planes(output.row(row)))
    }
  }

  /// See ``Layer``.
  package func backward(
    input: Matrix, output: Matrix, outputGradient: Matrix, inputGradient: Matrix?,
    parameters: UnsafePointer<Float>, gradient: UnsafeMutablePointer<Float>, context: LayerContext
  ) {
    guard let inputGradient else { return }
    for row in 0..<input.rows {
      transpose(planes(outputGradient.row(row)), adding: nil, into: places(inputGradient.row(row)))
    }
  }
}
