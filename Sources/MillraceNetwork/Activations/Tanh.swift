import MillraceVectors

/// f(x) = tanh x.
enum Tanh: ElementwiseActivation {
  static func value(_ x: Lanes) -> Lanes { hyperbolicTangent(x) }
  static func derivative(input x: Lanes, output y: Lanes) -> Lanes { 1 - y * y }
}
