import MillraceVectors

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

extension KeyedRandom {
  /// A draw from the standard normal distribution (Box–Muller).
  public mutating func normal() -> Float {
    let radius = (-2 * logarithm(1 - uniform())).squareRoot()
    return radius * cosine(ofTurns: uniform())
  }

  /// The natural logarithm of a draw from Gamma(shape, 1), which is a finite number however small the shape
  /// is: for a shape of 0.01, half of all draws are below 10⁻³⁰.
  ///
  /// Source: Marsaglia and Tsang, "A simple method for generating gamma variables", 2000. For shapes below 1,
  /// the logarithm of the formula in their section 6: ln Γ(a) = ln Γ(a + 1) + ln(u) / a.
  ///
  /// - Parameter shape: Greater than 0.
  mutating func logarithmOfGamma(shape: Float) -> Double {
    precondition(shape > 0, "a gamma distribution needs a shape above 0, got \(shape)")
    if shape < 1 {
      // 1 − u lies in (0, 1].
      let power = log(Double(1 - uniform())) / Double(shape)
      return logarithmOfGamma(shape: shape + 1) + power
    }
    let d = shape - 1 / 3
    let c = 1 / (9 * d).squareRoot()
    while true {
      let x = normal()
      let v = (1 + c * x) * (1 + c * x) * (1 + c * x)
      if v <= 0 { continue }
      if logarithm(1 - uniform()) < 0.5 * x * x + d - d * v + d * logarithm(v) { return log(Double(d * v)) }
    }
  }

  /// A draw from Beta(a, b), in [0, 1]: x / (x + y) of two draws from gamma distributions, computed from
  /// their logarithms, since both draws may be too small for any number format.
  ///
  /// Source: Devroye, "Non-uniform random variate generation", 1986, theorem IX.4.1.
  ///
  /// - Parameters:
  ///   - a: Greater than 0.
  ///   - b: Greater than 0.
  public mutating func beta(_ a: Float, _ b: Float) -> Float {
    let x = logarithmOfGamma(shape: a)
    let y = logarithmOfGamma(shape: b)
    return Float(1 / (1 + exp(y - x)))
  }
}
