import CProductKernels

/// Matrix products whose operands are rounded to bfloat16, to nearest even, and whose sums are Floats.
///
/// A processor with AVX512_BF16 adds two such products at once for each element of a vector. Elsewhere the operands are
/// rounded, and multiplied as Floats: the sums are taken in the same order, so the bits are the same, but where a sum is less
/// than the smallest normal Float. An element's order does not depend on the blocks in which a product is computed.
///
/// Both operands are packed for each product, from the Floats that they are: to round the weights anew takes a twentieth of
/// the product of a shard of 128 rows, and a copy of them would take memory.
package enum BFloat16Product {
  /// Whether this processor, and this build, have instructions for it.
  package static let hasInstructions = bfloat16_has_instruction()

  /// Who multiplies, such as `bfloat16 products by AVX512_BF16`.
  package static let description =
    hasInstructions
    ? "bfloat16 products by AVX512_BF16"
    : "bfloat16 products as float32: this processor has no AVX512_BF16"

  /// c ← a · b, or c ← c + a · b, where either operand may lie transposed in memory.
  ///
  /// - Parameters:
  ///   - a: (m, k), or (k, m) if transposed.
  ///   - b: (k, n), or (n, k) if transposed.
  ///   - c: (m, n).
  ///   - accumulating: Whether the product is added to what `c` holds.
  ///   - usingInstructions: Whether the processor's instructions for it are used; it must have them.
  static func multiply(
    _ a: Matrix, transposed aTransposed: Bool, _ b: Matrix, transposed bTransposed: Bool, into c: Matrix,
    accumulating: Bool, usingInstructions: Bool = hasInstructions
  ) {
    let depth = aTransposed ? a.rows : a.columns
    if depth == 0, !accumulating {
      // There is nothing to add up.
      for row in 0..<c.rows { c.row(row).update(repeating: 0, count: c.columns) }
    }
    bfloat16_multiply(
      usingInstructions ? BFLOAT16_BY_INSTRUCTION : BFLOAT16_BY_FLOATS, c.rows, c.columns, depth,
      bfloat16_operand(values: a.base, stride: a.stride, is_transposed: aTransposed),
      bfloat16_operand(values: b.base, stride: b.stride, is_transposed: bTransposed), c.base, c.stride,
      accumulating)
  }
}
