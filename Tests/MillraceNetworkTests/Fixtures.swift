import MillraceNetwork
import MillraceRandom

/// Owned memory for a matrix, filled from N(0, 1).
final class Buffer {
  let matrix: Matrix

  /// Makes a matrix.
  ///
  /// - Parameter gap: The number of elements between two rows; each of them is NaN.
  init(rows: Int, columns: Int, seed: UInt64 = 0, gap: Int = 0) {
    let stride = columns + gap
    let base = UnsafeMutablePointer<Float>.allocate(capacity: max(1, rows * stride))
    base.initialize(repeating: .nan, count: max(1, rows * stride))
    var random = KeyedRandom(seed: seed, purpose: .preview)
    matrix = Matrix(base: base, rows: rows, columns: columns, stride: stride)
    for row in 0..<rows { for column in 0..<columns { matrix.row(row)[column] = random.normal() } }
  }

  /// Makes one row of given values.
  init(_ values: [Float]) {
    let base = UnsafeMutablePointer<Float>.allocate(capacity: max(1, values.count))
    for (i, value) in values.enumerated() { (base + i).initialize(to: value) }
    matrix = Matrix(base: base, rows: 1, columns: values.count)
  }

  deinit { matrix.base.deallocate() }

  var values: [Float] { matrix.values }

  /// The elements between the rows.
  var gaps: [Float] {
    (0..<matrix.rows).flatMap { row in (matrix.columns..<matrix.stride).map { matrix.row(row)[$0] } }
  }

  func fill(_ value: Float) {
    for row in 0..<matrix.rows { matrix.row(row).update(repeating: value, count: matrix.columns) }
  }
}

extension Matrix {
  /// The elements, row after row.
  var values: [Float] { (0..<rows).flatMap { UnsafeBufferPointer(start: row($0), count: columns) } }
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

/// The 2-norm of the difference of two vectors, relative to that of the second.
func relativeDistance(_ a: [Float], _ b: [Float]) -> Double {
  precondition(a.count == b.count)
  func norm(_ values: some Sequence<Double>) -> Double { values.reduce(0) { $0 + $1 * $1 }.squareRoot() }
  return norm(zip(a, b).lazy.map { Double($0) - Double($1) }) / norm(b.lazy.map(Double.init))
}
