import MillraceNetwork
import MillraceRandom

/// Owned memory for a matrix, filled from N(0, 1).
final class Buffer {
  let matrix: Matrix

  init(rows: Int, columns: Int, seed: UInt64 = 0) {
    let base = UnsafeMutablePointer<Float>.allocate(capacity: max(1, rows * columns))
    var random = KeyedRandom(seed: seed, purpose: .preview)
    for i in 0..<rows * columns { (base + i).initialize(to: random.normal()) }
    matrix = Matrix(base: base, rows: rows, columns: columns)
  }

  /// One row of given values.
  init(_ values: [Float]) {
    let base = UnsafeMutablePointer<Float>.allocate(capacity: max(1, values.count))
    for (i, value) in values.enumerated() { (base + i).initialize(to: value) }
    matrix = Matrix(base: base, rows: 1, columns: values.count)
  }

  deinit { matrix.base.deallocate() }

  var values: [Float] { Array(UnsafeBufferPointer(start: matrix.base, count: matrix.count)) }
}

/// The largest difference between two vectors, relative to the larger of their largest values.
func relativeError(_ a: [Float], _ b: [Float]) -> Double {
  precondition(a.count == b.count)
  var difference = 0.0
  var scale = 0.0
  for (x, y) in zip(a, b) {
    difference = max(difference, abs(Double(x) - Double(y)))
    scale = max(scale, abs(Double(x)), abs(Double(y)))
  }
  return scale > 0 ? difference / scale : 0
}
