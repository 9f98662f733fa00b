import MillraceVectors

/// f(x) = x: the output layer's, where the loss takes the logits.
enum Identity: ElementwiseActivation {
  static func value(_ x: Lanes) -> Lanes { x }
  static func derivative(input x: Lanes, output y: Lanes) -> Lanes { Lanes(repeating: 1) }
}
