import COpenBLAS

/// Who multiplies matrices.
public enum MatrixKernel: Sendable {
  /// OpenBLAS, one thread a call: parallelism comes from shards alone.
  case blas
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
    run(a, false, b, true, c, depth: a.columns, accumulating)
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
    run(a, true, b, false, c, depth: a.rows, accumulating)
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
    run(a, true, b, false, c, depth: a.rows, false, firstColumn: columns.lowerBound)
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
    run(a, false, b, false, c, depth: a.columns, accumulating)
  }

  private func run(
    _ a: Matrix, _ aTransposed: Bool, _ b: Matrix, _ bTransposed: Bool, _ c: Matrix, depth: Int,
    _ accumulating: Bool, firstColumn: Int = 0
  ) {
    guard c.rows > 0, c.columns > 0 else { return }
    switch self {
    case .blas:
      _ = oneThreadPerCall
      cblas_sgemm(
        CblasRowMajor, aTransposed ? CblasTrans : CblasNoTrans, bTransposed ? CblasTrans : CblasNoTrans,
        blasint(c.rows), blasint(c.columns), blasint(depth), 1,
        a.base + firstColumn, blasint(max(1, a.stride)), b.base, blasint(max(1, b.stride)),
        accumulating ? 1 : 0, c.base, blasint(c.stride))
    case .naive:
      multiplyNaively(
        a, aTransposed, b, bTransposed, c, depth: depth, accumulating: accumulating, firstColumn: firstColumn)
    }
  }
}

extension Matrix {
  fileprivate var shape: String { "(\(rows), \(columns))" }
}

/// Done once, before the first product of the process.
private let oneThreadPerCall: Void = openblas_set_num_threads(1)

/// The kind of processor that BLAS chose its kernels for, such as `Zen`.
public var blasCore: String {
  String(cString: openblas_get_corename())
}

/// What BLAS calls itself: name, version and the processor it chose its kernels for.
public var blasDescription: String {
  String(cString: openblas_get_config())
}
