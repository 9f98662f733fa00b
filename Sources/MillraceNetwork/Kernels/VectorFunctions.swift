// Transcendental functions of whole vectors of lanes, to a few units in the last place.
//
// A system's expf works on one number at a time, and its last bits differ between C libraries; these are as fast
// as the arithmetic around them and the same everywhere. NaN stays NaN: ranges are limited by comparisons that
// are false for it.

private typealias Bits = SIMD8<UInt32>

/// x brought into [low, high]; NaN stays.
@inline(__always)
private func limited(_ x: Lanes, _ low: Float, _ high: Float) -> Lanes {
  let raised = x.replacing(with: low, where: x .< low)
  return raised.replacing(with: high, where: raised .> high)
}

/// x split as n·ln 2 + r with |r| ≤ ½ ln 2: returns 2ⁿ and r.
@inline(__always)
private func reduced(_ x: Lanes) -> (power: Lanes, rest: Lanes) {
  // Adding 1.5·2²³ rounds to a whole number and leaves it in the low bits.
  let magic: Float = 12_582_912
  let shifted = x * 1.44269504 + magic
  let n = shifted - magic
  let exponent = (unsafeBitCast(shifted, to: Bits.self) &- Bits(repeating: magic.bitPattern) &+ 127) &<< 23
  // ln 2 in two parts, so that n·ln 2 loses nothing.
  return (unsafeBitCast(exponent, to: Lanes.self), (x - n * 0.693359375) + n * 2.12194440e-4)
}

/// (eʳ − 1 − r) / r² for |r| ≤ ½ ln 2: a minimax polynomial. Source: Moshier, Cephes, 1992.
@inline(__always)
private func exponentialTail(_ r: Lanes) -> Lanes {
  var p = Lanes(repeating: 1.9875691500e-4)
  p = p * r + 1.3981999507e-3
  p = p * r + 8.3334519073e-3
  p = p * r + 4.1665795894e-2
  p = p * r + 1.6666665459e-1
  return p * r + 5.0000001201e-1
}

/// eˣ. Below −87.3 it is about 10⁻³⁸, above 88 about 1.7·10³⁸: it neither underflows to zero nor overflows.
@inline(__always)
func exponential(_ x: Lanes) -> Lanes {
  let (power, r) = reduced(limited(x, -87.3, 88))
  return (exponentialTail(r) * (r * r) + r + 1) * power
}

/// eˣ − 1, accurate near zero too.
@inline(__always)
func exponentialMinusOne(_ x: Lanes) -> Lanes {
  let (power, r) = reduced(limited(x, -87.3, 88))
  return (exponentialTail(r) * (r * r) + r) * power + (power - 1)
}

/// tanh x = (e²ˣ − 1) / (e²ˣ + 1), from eˣ − 1 so that small x keep their digits.
@inline(__always)
func hyperbolicTangent(_ x: Lanes) -> Lanes {
  // Beyond 9.1 the nearest Float is ±1.
  let e = exponentialMinusOne(2 * limited(x, -9.1, 9.1))
  return e / (e + 2)
}

/// The error function to 5·10⁻⁷: the formula's 1.5·10⁻⁷ and Float's rounding.
///
/// Source: Abramowitz and Stegun, 1964, formula 7.1.26.
@inline(__always)
func errorFunction(_ x: Lanes) -> Lanes {
  let isNegative = x .< 0
  let size = x.replacing(with: -x, where: isNegative)
  let t = 1 / (1 + 0.3275911 * size)
  var p = Lanes(repeating: 1.061405429)
  p = p * t - 1.453152027
  p = p * t + 1.421413741
  p = p * t - 0.284496736
  p = p * t + 0.254829592
  let y = 1 - p * t * exponential(-(size * size))
  return y.replacing(with: -y, where: isNegative)
}
