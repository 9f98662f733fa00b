import MillraceVectors

/// f(x) = x where x > 0, else 0.01·x. Source: Maas, Hannun, Ng, "Rectifier nonlinearities", 2013.
enum LeakyReLU: ElementwiseActivation {
  private static let slope: Float = 0.01

  static func value(_ x: Lanes) -> Lanes { x.replacing(with: slope * x, where: x .< 0) }
  static func derivative(input x: Lanes, output y: Lanes) -> Lanes {
    Lanes(repeating: slope).replacing(with: 1, where: y .> 0)
  }
}
