import MillraceVectors

/// f(x) = x·Φ(x), Φ the normal distribution's. Source: Hendrycks and Gimpel, "Gaussian error linear units", 2016.
enum GELU: ElementwiseActivation {
  static var derivativeNeedsInput: Bool { true }

  private static func distribution(_ x: Lanes) -> Lanes { 0.5 * (1 + errorFunction(0.70710678118654752 * x)) }

  static func value(_ x: Lanes) -> Lanes { x * distribution(x) }
  static func derivative(input x: Lanes, output y: Lanes) -> Lanes {
    // Φ(x) + x·φ(x), φ the density.
    distribution(x) + x * (0.3989422804014327 * exponential(-0.5 * x * x))
  }
}
