/// target ← sourceᵀ, plus a row that is added to each of its rows.
///
/// - Parameters:
///   - source: (n, m).
///   - bias: n values; nil adds nothing.
///   - target: (m, n).
func transpose(_ source: Matrix, adding bias: UnsafePointer<Float>?, into target: Matrix) {
  let (rows, columns) = (target.rows, target.columns)
  let wholeRows = rows & ~3
  let wholeColumns = columns & ~3
  func move(_ row: Int, _ column: Int) {
    target.row(row)[column] = source.row(column)[row] + (bias.map { $0[column] } ?? 0)
  }
  for row in stride(from: 0, to: wholeRows, by: 4) {
    for column in stride(from: 0, to: wholeColumns, by: 4) {
      // Squares of four by four: what is read in rows is written in rows.
      let a = load4(source.row(column) + row)
      let b = load4(source.row(column + 1) + row)
      let c = load4(source.row(column + 2) + row)
      let d = load4(source.row(column + 3) + row)
      let added = bias.map { load4($0 + column) } ?? .zero
      store4(SIMD4(a.x, b.x, c.x, d.x) + added, target.row(row) + column)
      store4(SIMD4(a.y, b.y, c.y, d.y) + added, target.row(row + 1) + column)
      store4(SIMD4(a.z, b.z, c.z, d.z) + added, target.row(row + 2) + column)
      store4(SIMD4(a.w, b.w, c.w, d.w) + added, target.row(row + 3) + column)
    }
    for column in wholeColumns..<columns { for k in 0..<4 { move(row + k, column) } }
  }
  for row in wholeRows..<rows { for column in 0..<columns { move(row, column) } }
}

@inline(__always)
private func load4(_ values: UnsafePointer<Float>) -> SIMD4<Float> {
  UnsafeRawPointer(values).loadUnaligned(as: SIMD4<Float>.self)
}

@inline(__always)
private func store4(_ vector: SIMD4<Float>, _ values: UnsafeMutablePointer<Float>) {
  UnsafeMutableRawPointer(values).storeBytes(of: vector, as: SIMD4<Float>.self)
}
