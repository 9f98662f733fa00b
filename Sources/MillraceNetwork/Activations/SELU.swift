import MillraceVectors

/// f(x) = λ·x where x > 0, else λα·(eˣ − 1).
///
/// Source: Klambauer, Unterthiner, Mayr, Hochreiter, "Self-normalizing neural networks", 2017.
enum SELU: ElementwiseActivation {
  private static let scale: Float = 1.0507009873554805
  private static let alpha: Float = 1.6732632423543772

  static func value(_ x: Lanes) -> Lanes {
    (scale * x).replacing(with: (scale * alpha) * exponentialMinusOne(x), where: x .< 0)
  }
  static func derivative(input x: Lanes, output y: Lanes) -> Lanes {
    // Below zero f′ = λα·eˣ = y + λα.
    Lanes(repeating: scale).replacing(with: y + scale * alpha, where: y .< 0)
  }
}
