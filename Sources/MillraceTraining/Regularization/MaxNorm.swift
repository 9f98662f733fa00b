import MillraceVectors

/// Caps the 2-norm of each unit's incoming weights, by scaling rows that are too long.
///
/// Source: Srebro, Rennie, Jaakkola, "Maximum-margin matrix factorization", 2005; Srivastava and others, 2014.
struct MaxNorm {
  /// The longest row, above 0.
  let limit: Float

  /// Projects whole rows of a weight matrix.
  func project(_ rows: UnsafeMutablePointer<Float>, count: Int, columns: Int) {
    for row in 0..<count {
      let weights = rows + row * columns
      let square = sumOfSquares(weights, count: columns)
      guard square > limit * limit else { continue }
      let scale = limit / square.squareRoot()
      for i in 0..<columns { weights[i] *= scale }
    }
  }
}
