/// What the operands of a network's matrix products are.
///
/// Weights, sums, activations, gradients and everything else are Floats with either.
public enum ProductPrecision: String, Sendable, Hashable, Codable, CaseIterable {
  /// Floats, as they are.
  case float32
  /// Rounded to nearest even to 8 significant bits, with the range of a Float: twice the arithmetic where the processor has
  /// instructions for it. See `BFloat16Product`.
  case bfloat16 = "bf16"

  /// Who multiplies.
  public var kernel: MatrixKernel {
    switch self {
    case .float32: .fast
    case .bfloat16: .bfloat16
    }
  }

  /// What a person should know before a training begins; nil where there is nothing.
  ///
  /// - Parameter hasInstructions: Whether the processor has those of bfloat16.
  package func notice(hasInstructions: Bool = BFloat16Product.hasInstructions) -> String? {
    guard self == .bfloat16, !hasInstructions else { return nil }
    return
      "this processor has no instructions for bfloat16 (AVX512_BF16): operands are rounded and multiplied as float32, "
      + "which gives the same weights, but more slowly than precision float32"
  }
}
