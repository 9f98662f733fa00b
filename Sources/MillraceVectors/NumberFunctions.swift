// These are the same functions of one number.

/// ln x of a positive number; see ``logarithm(_:)-(Lanes)``.
@inlinable
package func logarithm(_ x: Float) -> Float { logarithm(Lanes(repeating: x))[0] }

/// cos(2πu) for u in [0, 1], to two units in the last place of 1.
///
/// Source: Moshier, Cephes, 1992: polynomials for cosine and sine up to an eighth of a turn.
@inlinable
package func cosine(ofTurns turns: Float) -> Float {
  let quarters = (4 * turns).rounded()
  // The difference is exact.
  let x = (turns - 0.25 * quarters) * (2 * .pi)
  let z = x * x
  let cosine =
    ((2.443315711809948e-5 * z - 1.388731625493765e-3) * z + 4.166664568298827e-2) * z * z - 0.5 * z + 1
  let sine = ((-1.9515295891e-4 * z + 8.3321608736e-3) * z - 1.6666654611e-1) * z * x + x
  return switch Int(quarters) & 3 {
  case 0: cosine
  case 1: -sine
  case 2: -cosine
  default: sine
  }
}
