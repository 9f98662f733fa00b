// Transcendental functions of whole vectors of lanes, to a few units in the last place. Training uses no
// others.
//
// A system's expf works on one number at a time, and its last bits differ between C libraries; these
// functions are as fast as the arithmetic around them, and the same everywhere. NaN stays NaN: ranges are
// limited by comparisons that are false for it.

/// x brought into [low, high]; NaN stays.
@inlinable @inline(__always)
package func limited(_ x: Lanes, _ low: Float, _ high: Float) -> Lanes {
  let raised = x.replacing(with: low, where: x .< low)
  return raised.replacing(with: high, where: raised .> high)
}

/// x split as n·ln 2 + r with |r| ≤ ½ ln 2: returns 2ⁿ and r.
@inlinable @inline(__always)
package func reduced(_ x: Lanes) -> (power: Lanes, rest: Lanes) {
  // Adding 1.5·2²³ rounds to a whole number and leaves it in the low bits.
  let magic: Float = 12_582_912
  let shifted = x * 1.44269504 + magic
  let n = shifted - magic
  let exponent =
    (unsafeBitCast(shifted, to: SIMD8<UInt32>.self) &- SIMD8<UInt32>(repeating: magic.bitPattern) &+ 127)
    &<< 23
  // ln 2 in two parts, so that n·ln 2 loses nothing.
  return (unsafeBitCast(exponent, to: Lanes.self), (x - n * 0.693359375) + n * 2.12194440e-4)
}

/// (eʳ − 1 − r) / r² for |r| ≤ ½ ln 2: a minimax polynomial. Source: Moshier, Cephes, 1992.
@inlinable @inline(__always)
package func exponentialTail(_ r: Lanes) -> Lanes {
  var p = Lanes(repeating: 1.9875691500e-4)
  p = p * r + 1.3981999507e-3
  p = p * r + 8.3334519073e-3
  p = p * r + 4.1665795894e-2
  p = p * r + 1.6666665459e-1
  return p * r + 5.0000001201e-1
}

/// eˣ. Below −87.3 it is about 10⁻³⁸, above 88 about 1.7·10³⁸: it neither underflows to zero nor overflows.
@inlinable @inline(__always)
package func exponential(_ x: Lanes) -> Lanes {
  let (power, r) = reduced(limited(x, -87.3, 88))
  return (exponentialTail(r) * (r * r) + r + 1) * power
}

/// eˣ − 1, accurate near zero, too.
@inlinable @inline(__always)
package func exponentialMinusOne(_ x: Lanes) -> Lanes {
  let (power, r) = reduced(limited(x, -87.3, 88))
  return (exponentialTail(r) * (r * r) + r) * power + (power - 1)
}

/// tanh x = (e²ˣ − 1) / (e²ˣ + 1), from eˣ − 1 so that small x keep their digits.
@inlinable @inline(__always)
package func hyperbolicTangent(_ x: Lanes) -> Lanes {
  // Beyond 9.1 the nearest Float is ±1.
  let e = exponentialMinusOne(2 * limited(x, -9.1, 9.1))
  return e / (e + 2)
}

/// The error function to 5·10⁻⁷: the formula's 1.5·10⁻⁷ and Float's rounding.
///
/// Source: Abramowitz and Stegun, 1964, formula 7.1.26.
@inlinable @inline(__always)
package func errorFunction(_ x: Lanes) -> Lanes {
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

/// ln x of positive numbers. A number that is negative or smaller than the least normal number counts as that
/// number.
///
/// Source: Moshier, Cephes, 1992: a polynomial for ln m, √½ ≤ m < √2.
@inlinable @inline(__always)
package func logarithm(_ x: Lanes) -> Lanes {
  let rootOfHalf: UInt32 = 0x3F35_04F3
  let positive = x.replacing(with: .leastNormalMagnitude, where: x .< .leastNormalMagnitude)
  // Counted from √½ on, the bits are those of m, with the exponent above them.
  let offset = unsafeBitCast(positive, to: SIMD8<UInt32>.self) &- SIMD8<UInt32>(repeating: rootOfHalf)
  let exponent = Lanes(SIMD8<Int32>(truncatingIfNeeded: offset) &>> 23)
  let f = unsafeBitCast((offset & 0x7F_FFFF) &+ SIMD8<UInt32>(repeating: rootOfHalf), to: Lanes.self) - 1
  var p = Lanes(repeating: 7.0376836292e-2)
  p = p * f - 1.1514610310e-1
  p = p * f + 1.1676998740e-1
  p = p * f - 1.2420140846e-1
  p = p * f + 1.4249322787e-1
  p = p * f - 1.6668057665e-1
  p = p * f + 2.0000714765e-1
  p = p * f - 2.4999993993e-1
  p = p * f + 3.3333331174e-1
  let square = f * f
  // ln 2 in two parts, so that n·ln 2 loses nothing.
  let tail = p * f * square - exponent * 2.12194440e-4 - 0.5 * square
  let y = f + tail + exponent * 0.693359375
  // Infinity stays infinity, and NaN stays NaN.
  return y.replacing(with: x, where: .!(x .< .infinity))
}

/// ln(1 + x) for x of at least 0, accurate near zero, too.
///
/// Source: Kahan; in Higham, "Accuracy and stability of numerical algorithms", 2002, section 1.14.1.
@inlinable @inline(__always)
package func logarithmOfOnePlus(_ x: Lanes) -> Lanes {
  let sum = 1 + x
  let y = logarithm(sum) * (x / (sum - 1))
  return y.replacing(with: x, where: sum .== 1)
}
