import COpenBLAS

/// Matrix products by OpenBLAS, one thread a call.
package enum BLASProduct {
  /// Name, version and the kind of processor it chose its kernels for, such as `OpenBLAS 0.3.26 (kernels for Zen)`.
  package static let description: String = {
    // Its words are the name, the version, and how it was built.
    let name = String(cString: openblas_get_config()).split(separator: " ").prefix(2).joined(separator: " ")
    return "\(name) (kernels for \(String(cString: openblas_get_corename())))"
  }()

  /// Done once, before the first product of the process.
  private static let oneThreadPerCall: Void = openblas_set_num_threads(1)

  /// c ← a · b, or c ← c + a · b, where either operand may lie transposed in memory.
  ///
  /// - Parameters:
  ///   - a: (m, k), or (k, m) if transposed.
  ///   - b: (k, n), or (n, k) if transposed.
  ///   - c: (m, n).
  ///   - accumulating: Whether the product is added to what `c` holds.
  static func multiply(
    _ a: Matrix, transposed aTransposed: Bool, _ b: Matrix, transposed bTransposed: Bool, into c: Matrix,
    accumulating: Bool
  ) {
    _ = oneThreadPerCall
    cblas_sgemm(
      CblasRowMajor, aTransposed ? CblasTrans : CblasNoTrans, bTransposed ? CblasTrans : CblasNoTrans,
      blasint(c.rows), blasint(c.columns), blasint(aTransposed ? a.rows : a.columns), 1,
      a.base, blasint(max(1, a.stride)), b.base, blasint(max(1, b.stride)), accumulating ? 1 : 0, c.base,
      blasint(c.stride))
  }
}
