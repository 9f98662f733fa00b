/// Radial lens distortion: a point at distance r from the centre shows the source at r·(1 + k1·r² + k2·r⁴).
///
/// r is 1 at half the output's diagonal. Positive terms draw the corners in (barrel), negative ones push them out
/// (pincushion). Source: Brown, "Close-range camera calibration", 1971.
struct LensDistortion: Hashable, Sendable {
  var k1: Double
  var k2: Double
  /// The centre, in output pixels about the output's centre.
  var center: SIMD2<Double>
  /// 1 / (half the diagonal)².
  var inverseSquaredRadius: Double

  func callAsFunction(_ p: SIMD2<Double>) -> SIMD2<Double> {
    let d = p - center
    let r2 = (d * d).sum() * inverseSquaredRadius
    return center + d * (1 + r2 * (k1 + k2 * r2))
  }
}
