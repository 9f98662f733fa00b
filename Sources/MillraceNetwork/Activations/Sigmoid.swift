import MillraceVectors

/// f(x) = 1 / (1 + e⁻ˣ).
enum Sigmoid: ElementwiseActivation {
  static func value(_ x: Lanes) -> Lanes { 1 / (1 + exponential(-x)) }
  static func derivative(input x: Lanes, output y: Lanes) -> Lanes { y * (1 - y) }
}
