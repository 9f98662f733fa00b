/// The largest of a unit's pieces: output j = max over p of input p·units + j.
///
/// With the dense layer before it, that is a maxout unit: the maximum of k linear functions.
/// Source: Goodfellow, Warde-Farley, Mirza, Courville, Bengio, "Maxout networks", 2013.
public struct Maxout: Layer {
  /// The units: the columns of the output.
  public let outputCount: Int
  /// The linear pieces of each unit, k.
  public let pieces: Int

  /// Describes a layer.
  ///
  /// - Parameters:
  ///   - units: At least 1.
  ///   - pieces: At least 1.
  public init(units: Int, pieces: Int) {
    precondition(units > 0 && pieces > 0, "maxout needs units and pieces, got \(units) and \(pieces)")
    outputCount = units
    self.pieces = pieces
  }

  /// The word for this kind of layer.
  public var name: String { "maxout" }
  /// The columns of the input.
  public var inputCount: Int { outputCount * pieces }

  /// See ``Layer``.
  public func forward(
    _ input: Matrix, into output: Matrix, parameters: UnsafePointer<Float>, context: LayerContext
  ) {
    for row in 0..<input.rows {
      let x = input.row(row)
      let y = output.row(row)
      y.update(from: x, count: outputCount)
      for piece in 1..<max(1, pieces) {
        let z = x + piece * outputCount
        // NaN is seen wherever it stands: it wins over what was before, and nothing is greater than it.
        for unit in 0..<outputCount where z[unit] > y[unit] || z[unit].isNaN { y[unit] = z[unit] }
      }
    }
  }

  /// See ``Layer``.
  public func backward(
    input: Matrix, output: Matrix, outputGradient: Matrix, inputGradient: Matrix?,
    parameters: UnsafePointer<Float>, gradient: UnsafeMutablePointer<Float>, context: LayerContext
  ) {
    guard let inputGradient else { return }
    for row in 0..<input.rows {
      let x = input.row(row)
      let y = output.row(row)
      let dy = outputGradient.row(row)
      let dx = inputGradient.row(row)
      // The first of equal pieces takes the gradient; what it took is then zero for the others.
      for piece in 0..<pieces {
        let z = x + piece * outputCount
        let dz = dx + piece * outputCount
        for unit in 0..<outputCount {
          let isLargest = z[unit] == y[unit]
          dz[unit] = isLargest ? dy[unit] : 0
          dy[unit] = isLargest ? 0 : dy[unit]
        }
      }
    }
  }
}
