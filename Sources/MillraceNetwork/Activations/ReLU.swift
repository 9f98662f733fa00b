import MillraceVectors

/// f(x) = max(0, x). Source: Nair and Hinton, "Rectified linear units improve restricted Boltzmann machines", 2010.
enum ReLU: ElementwiseActivation {
  // Written so that NaN stays NaN: a comparison with it is false.
  static func value(_ x: Lanes) -> Lanes { x.replacing(with: 0, where: x .< 0) }
  static func derivative(input x: Lanes, output y: Lanes) -> Lanes {
    Lanes.zero.replacing(with: 1, where: y .> 0)
  }
}
