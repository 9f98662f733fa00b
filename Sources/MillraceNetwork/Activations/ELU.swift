import MillraceVectors

/// f(x) = x where x > 0, else eˣ − 1. Source: Clevert, Unterthiner, Hochreiter, "ELUs", 2016, with α = 1.
enum ELU: ElementwiseActivation {
  static func value(_ x: Lanes) -> Lanes { x.replacing(with: exponentialMinusOne(x), where: x .< 0) }
  static func derivative(input x: Lanes, output y: Lanes) -> Lanes {
    // Below zero f′ = eˣ = y + 1.
    Lanes(repeating: 1).replacing(with: y + 1, where: y .< 0)
  }
}
