/// √x to a relative error of 8·10⁻⁷, for x of at least 0 that is not subnormal; √0 is 0.
///
/// The system's sqrtf may set errno, so the compiler does not vectorise a loop that calls it. This one is
/// arithmetic alone, and makes such a loop twice as fast.
@inline(__always)
func squareRoot(_ x: Float) -> Float {
  // 1 / √x: a guess that halves the exponent, then two of Newton's steps, whose constants split each step's
  // error evenly between above and below. Source: Moroz, Walczyk, Hrynchyshyn, Holimath, Cieśliński, "Fast
  // calculation of inverse square root with the use of magic constant", 2018.
  var inverse = Float(bitPattern: 0x5F37_6908 &- x.bitPattern &>> 1)
  let half = 0.5 * x
  inverse *= 1.5008789 - half * inverse * inverse
  inverse *= 1.5000006 - half * inverse * inverse
  return x * inverse
}
