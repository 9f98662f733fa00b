import MillraceVectors

/// The mean of each channel over all places: what a picture holds, wherever it is.
///
/// Source: Lin, Chen, Yan, "Network in network", 2013.
package struct PlaceMean: Layer {
  /// The input, whose channels lie next to each other.
  package let shape: PlaneShape

  /// Describes a layer.
  package init(_ shape: PlaneShape) {
    precondition(shape.count > 0, "a mean needs at least one value, got \(shape)")
    self.shape = shape
  }

  /// The word for this kind of layer.
  package var name: String { "mean" }
  /// The values of a sample.
  package var inputCount: Int { shape.count }
  /// The channels.
  package var outputCount: Int { shape.channels }

  private var share: Float { 1 / Float(shape.places) }

  /// See ``Layer``.
  package func forward(
    _ input: Matrix, into output: Matrix, parameters: UnsafePointer<Float>, context: LayerContext
  ) {
    for row in 0..<input.rows {
      let (x, y) = (input.row(row), output.row(row))
      y.update(repeating: 0, count: shape.channels)
      for place in 0..<shape.places { add(x + place * shape.channels, to: y, count: shape.channels) }
      for channel in 0..<shape.channels { y[channel] *= share }
    }
  }

  /// See ``Layer``.
  package func backward(
    input: Matrix, output: Matrix, outputGradient: Matrix, inputGradient: Matrix?,
    parameters: UnsafePointer<Float>, gradient: UnsafeMutablePointer<Float>, context: LayerContext
  ) {
    guard let inputGradient else { return }
    for row in 0..<input.rows {
      let (dy, dx) = (outputGradient.row(row), inputGradient.row(row))
      for channel in 0..<shape.channels { dy[channel] *= share }
      for place in 0..<shape.places {
        (dx + place * shape.channels).update(from: dy, count: shape.channels)
      }
    }
  }
}
