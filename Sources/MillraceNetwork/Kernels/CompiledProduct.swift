import CProductKernels

/// Matrix products in blocks that fit the nearest caches, each by machine code made for its shape: LIBXSMM's.
///
/// Of the three ways in which layers multiply, two need nothing taken apart first: the code reads the operands where they
/// lie. That makes the difference to BLAS, which copies both operands of each product into an order of its own: a shard of
/// a minibatch is so small that each copied element is used a hundred times or so.
///
/// The blocks are those of Goto and van de Geijn, "Anatomy of High-Performance Matrix Multiplication", 2008.
package enum CompiledProduct {
  /// Who makes the code, and for what kind of processor; nil where there is none for this processor or in this build.
  package static let description = product_kernels_description().map { String(cString: $0) }

  /// Columns of a block: four vectors of 512 bits.
  private static let width = 64
  /// The most depth of a block: a panel of the right operand and a block of the left one stay in the second cache.
  private static let depth = Int(PRODUCT_PANEL_COUNT) / width
  /// The most rows of a block.
  private static let height = 256

  /// c ← a · b, or c ← c + a · b, where either operand, but not both, may lie transposed in memory.
  ///
  /// - Parameters:
  ///   - a: (m, k), or (k, m) if transposed.
  ///   - b: (k, n), or (n, k) if transposed.
  ///   - c: (m, n).
  ///   - accumulating: Whether the product is added to what `c` holds.
  /// - Returns: False, and `c` is as it was, if there is no code for it.
  static func multiply(
    _ a: Matrix, transposed aTransposed: Bool, _ b: Matrix, transposed bTransposed: Bool, into c: Matrix,
    accumulating: Bool
  ) -> Bool {
    let total = aTransposed ? a.rows : a.columns
    // The code has offsets of 32 bits, in bytes.
    let widest = Int(Int32.max) / (MemoryLayout<Float>.stride * depth)
    guard description != nil, total > 0, !(aTransposed && bTransposed),
      max(a.stride, b.stride, c.stride) <= widest
    else { return false }
    for start in stride(from: 0, to: total, by: depth) {
      let depth = min(depth, total - start)
      let left = aTransposed ? a.row(start) : a.base + start
      for column in stride(from: 0, to: c.columns, by: width) {
        let columns = min(width, c.columns - column)
        let right: UnsafeMutablePointer<Float>
        let rightStride: Int
        if bTransposed {
          (right, rightStride) = (product_panel(), width)
          transpose(
            Matrix(base: b.row(column) + start, rows: columns, columns: depth, stride: b.stride), adding: nil,
            into: Matrix(base: right, rows: depth, columns: columns, stride: rightStride))
        } else {
          (right, rightStride) = (b.row(start) + column, b.stride)
        }
        let hasNext = !bTransposed && column + width < c.columns
        for row in stride(from: 0, to: c.rows, by: height) {
          let shape = product_shape(
            rows: Int32(min(height, c.rows - row)), columns: Int32(columns), depth: Int32(depth),
            left_stride: Int32(a.stride), right_stride: Int32(rightStride), c_stride: Int32(c.stride),
            left_transposed: aTransposed, accumulating: accumulating || start > 0, fetching_next: hasNext)
          let block = left + (aTransposed ? row : row * a.stride)
          guard let kernel = product_kernel_for(shape) else {
            fatalError(
              "no memory for the code of one more matrix product; use a smaller network or minibatch")
          }
          product_kernel_run(kernel, block, right, c.row(row) + column, right + width)
        }
      }
    }
    return true
  }
}
