/// Who multiplies matrices, on the calling thread: parallelism comes from shards alone.
public enum MatrixKernel: Sendable {
  /// Machine code made for the shape by LIBXSMM, where the processor and the build have it; otherwise OpenBLAS.
  case fast
  /// OpenBLAS.
  case blas
  /// Operands rounded to bfloat16: by the processor's instructions for it, or else as Floats. See `BFloat16Product`.
  case bfloat16
  /// The same as Floats, also where the processor has instructions: what other processors do, for tests.
  case bfloat16AsFloats
  /// Three plain loops: the oracle that the tests hold the fast path against.
  case naive

  /// c ← a · bᵀ, or c ← c + a · bᵀ.
  ///
  /// - Parameters:
  ///   - a: (m, k).
  ///   - b: (n, k).
  ///   - c: (m, n).
  ///   - accumulating: Whether the product is added to what `c` holds.
  public func multiply(_ a: Matrix, transposed b: Matrix, into c: Matrix, accumulating: Bool = false) {
    precondition(
      a.columns == b.columns && c.rows == a.rows && c.columns == b.rows,
      "a·bᵀ needs (m, k), (n, k) and (m, n); got \(a.shape), \(b.shape) and \(c.shape)")
    run(a, false, b, true, c, accumulating)
  }

  /// c ← aᵀ · b, or c ← c + aᵀ · b.
  ///
  /// - Parameters:
  ///   - a: (k, m).
  ///   - b: (k, n).
  ///   - c: (m, n).
  ///   - accumulating: Whether the product is added to what `c` holds.
  public func multiply(transposed a: Matrix, _ b: Matrix, into c: Matrix, accumulating: Bool = false) {
    precondition(
      a.rows == b.rows && c.rows == a.columns && c.columns == b.columns,
      "aᵀ·b needs (k, m), (k, n) and (m, n); got \(a.shape), \(b.shape) and \(c.shape)")
    run(a, true, b, false, c, accumulating)
  }

  /// c ← a[columns]ᵀ · b, where a[columns] are some neighbouring columns of a.
  ///
  /// - Parameters:
  ///   - a: (k, at least the columns).
  ///   - columns: m of them.
  ///   - b: (k, n).
  ///   - c: (m, n).
  public func multiply(transposed a: Matrix, columns: Range<Int>, _ b: Matrix, into c: Matrix) {
    precondition(
      columns.lowerBound >= 0 && columns.upperBound <= a.columns && a.rows == b.rows
        && c.rows == columns.count && c.columns == b.columns,
      "a[columns]ᵀ·b needs (k, m), (k, n) and (m, n); got columns \(columns) of \(a.shape), \(b.shape) and \(c.shape)"
    )
    run(a.slice(columns: columns), true, b, false, c, false)
  }

  /// c ← a · b, or c ← c + a · b.
  ///
  /// - Parameters:
  ///   - a: (m, k).
  ///   - b: (k, n).
  ///   - c: (m, n).
  ///   - accumulating: Whether the product is added to what `c` holds.
  public func multiply(_ a: Matrix, _ b: Matrix, into c: Matrix, accumulating: Bool = false) {
    precondition(
      a.columns == b.rows && c.rows == a.rows && c.columns == b.columns,
      "a·b needs (m, k), (k, n) and (m, n); got \(a.shape), \(b.shape) and \(c.shape)")
    run(a, false, b, false, c, accumulating)
  }

  private func run(
    _ a: Matrix, _ aTransposed: Bool, _ b: Matrix, _ bTransposed: Bool, _ c: Matrix, _ accumulating: Bool
  ) {
    guard c.rows > 0, c.columns > 0 else { return }
    switch self {
    case .fast:
      let isDone = CompiledProduct.multiply(
        a, transposed: aTransposed, b, transposed: bTransposed, into: c, accumulating: accumulating)
      if !isDone { MatrixKernel.blas.run(a, aTransposed, b, bTransposed, c, accumulating) }
    case .blas:
      BLASProduct.multiply(
        a, transposed: aTransposed, b, transposed: bTransposed, into: c, accumulating: accumulating)
    case .bfloat16:
      BFloat16Product.multiply(
        a, transposed: aTransposed, b, transposed: bTransposed, into: c, accumulating: accumulating)
    case .bfloat16AsFloats:
      BFloat16Product.multiply(
        a, transposed: aTransposed, b, transposed: bTransposed, into: c, accumulating: accumulating,
        usingInstructions: false)
    case .naive:
      multiplyNaively(a, aTransposed, b, bTransposed, c, accumulating: accumulating)
    }
  }
}

extension MatrixKernel: CustomStringConvertible {
  /// What it stands for here, such as `OpenBLAS 0.3.26 (kernels for Zen)`.
  public var description: String {
    switch self {
    case .fast: fastKernelDescription
    case .blas: BLASProduct.description
    case .bfloat16: BFloat16Product.description
    case .bfloat16AsFloats: "bfloat16 products as float32"
    case .naive: "plain loops"
    }
  }
}

extension Matrix {
  fileprivate var shape: String { "(\(rows), \(columns))" }
}

/// What ``MatrixKernel/fast`` stands for here, such as `OpenBLAS 0.3.26 (kernels for Zen)`.
package let fastKernelDescription = CompiledProduct.description ?? BLASProduct.description
