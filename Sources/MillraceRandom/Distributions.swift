#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

extension KeyedRandom {
  /// A draw from the standard normal distribution (Box–Muller).
  public mutating func normal() -> Float {
    let radius = (-2 * logf(1 - uniform())).squareRoot()
    return radius * cosf(2 * .pi * uniform())
  }

  /// A draw from Gamma(shape, 1): Marsaglia and Tsang, "A simple method for generating gamma variables", 2000.
  ///
  /// - Parameter shape: Greater than 0.
  public mutating func gamma(shape: Float) -> Float {
    precondition(shape > 0, "a gamma distribution needs a shape above 0, got \(shape)")
    if shape < 1 {
      // 1 − u lies in (0, 1], so the power is finite.
      let power = powf(1 - uniform(), 1 / shape)
      return gamma(shape: shape + 1) * power
    }
    let d = shape - 1 / 3
    let c = 1 / (9 * d).squareRoot()
    while true {
      let x = normal()
      let v = (1 + c * x) * (1 + c * x) * (1 + c * x)
      if v <= 0 { continue }
      if logf(1 - uniform()) < 0.5 * x * x + d - d * v + d * logf(v) { return d * v }
    }
  }

  /// A draw from Beta(a, b), in [0, 1].
  ///
  /// - Parameters:
  ///   - a: Greater than 0.
  ///   - b: Greater than 0.
  public mutating func beta(_ a: Float, _ b: Float) -> Float {
    let x = gamma(shape: a)
    let y = gamma(shape: b)
    return x + y > 0 ? x / (x + y) : 0.5
  }
}
