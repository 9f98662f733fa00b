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
      // Eight sums side by side: an order that the compiler may vectorise and that never changes.
      var sums = SIMD8<Float>.zero
      var i = 0
      while i &+ 8 <= columns {
        let w = UnsafeRawPointer(weights + i).loadUnaligned(as: SIMD8<Float>.self)
        sums += w * w
        i &+= 8
      }
      var square = sums.sum()
      while i < columns {
        square += weights[i] * weights[i]
        i &+= 1
      }
      guard square > limit * limit else { continue }
      let scale = limit / square.squareRoot()
      for i in 0..<columns { weights[i] *= scale }
    }
  }
}
