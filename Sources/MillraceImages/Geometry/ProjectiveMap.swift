#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// A projective map of the plane: x′ = (a·x + b·y + c) / (g·x + h·y + i), y′ = (d·x + e·y + f) / (g·x + h·y + i).
///
/// Coordinates are in pixels about the image's centre, with x to the right and y down.
public struct ProjectiveMap: Hashable, Sendable {
  var a = 1.0
  var b = 0.0
  var c = 0.0
  var d = 0.0
  var e = 1.0
  var f = 0.0
  var g = 0.0
  var h = 0.0
  var i = 1.0

  /// The map that leaves every point in place.
  public static let identity = ProjectiveMap()

  /// Moves points, in pixels.
  public static func translation(x: Double, y: Double) -> Self { Self(c: x, f: y) }

  /// Moves points away from the centre, or towards it below 1.
  public static func scale(x: Double, y: Double) -> Self { Self(a: x, e: y) }

  /// Turns the visible picture counter-clockwise.
  public static func rotation(degrees: Double) -> Self {
    let angle = degrees * .pi / 180
    return Self(a: cos(angle), b: sin(angle), d: -sin(angle), e: cos(angle))
  }

  /// Slants by two angles: x′ = x + tan(xDegrees)·y and y′ = y + tan(yDegrees)·x.
  public static func shear(xDegrees: Double, yDegrees: Double) -> Self {
    Self(b: tan(xDegrees * .pi / 180), d: tan(yDegrees * .pi / 180))
  }

  /// Maps the corners (0,0), (1,0), (1,1), (0,1) of the unit square to four points, in that order.
  ///
  /// Source: Heckbert, "Fundamentals of texture mapping and image warping", 1989, section 2.2.3.
  public static func unitSquare(to p: (SIMD2<Double>, SIMD2<Double>, SIMD2<Double>, SIMD2<Double>)) -> Self {
    let sum = p.0 - p.1 + p.2 - p.3
    let u = p.1 - p.2
    let v = p.3 - p.2
    let determinant = u.x * v.y - v.x * u.y
    let g = (sum.x * v.y - v.x * sum.y) / determinant
    let h = (u.x * sum.y - sum.x * u.y) / determinant
    return Self(
      a: p.1.x - p.0.x + g * p.1.x, b: p.3.x - p.0.x + h * p.3.x, c: p.0.x,
      d: p.1.y - p.0.y + g * p.1.y, e: p.3.y - p.0.y + h * p.3.y, f: p.0.y,
      g: g, h: h, i: 1)
  }

  /// The map that applies `right` first and then `left`.
  public static func * (left: Self, right: Self) -> Self {
    Self(
      a: left.a * right.a + left.b * right.d + left.c * right.g,
      b: left.a * right.b + left.b * right.e + left.c * right.h,
      c: left.a * right.c + left.b * right.f + left.c * right.i,
      d: left.d * right.a + left.e * right.d + left.f * right.g,
      e: left.d * right.b + left.e * right.e + left.f * right.h,
      f: left.d * right.c + left.e * right.f + left.f * right.i,
      g: left.g * right.a + left.h * right.d + left.i * right.g,
      h: left.g * right.b + left.h * right.e + left.i * right.h,
      i: left.g * right.c + left.h * right.f + left.i * right.i)
  }

  /// The inverse map, scaled so that an affine map stays affine. A map without an inverse gives infinities or NaN,
  /// which the warp treats as outside the image.
  var inverse: Self {
    let determinant = a * (e * i - f * h) - b * (d * i - f * g) + c * (d * h - e * g)
    let factor = 1 / determinant
    var result = Self(
      a: (e * i - f * h) * factor, b: (c * h - b * i) * factor, c: (b * f - c * e) * factor,
      d: (f * g - d * i) * factor, e: (a * i - c * g) * factor, f: (c * d - a * f) * factor,
      g: (d * h - e * g) * factor, h: (b * g - a * h) * factor, i: (a * e - b * d) * factor)
    if g == 0 && h == 0 {
      result.g = 0
      result.h = 0
      result.i = 1 / i
    }
    return result
  }

  func callAsFunction(_ x: Double, _ y: Double) -> SIMD2<Double> {
    let w = g * x + h * y + i
    return [(a * x + b * y + c) / w, (d * x + e * y + f) / w]
  }

  var isAffine: Bool { g == 0 && h == 0 }

  /// Whether rows stay rows and columns stay columns.
  var isAxisAligned: Bool { isAffine && b == 0 && d == 0 }

  /// How one step in x, and one step in y, moves the mapped point.
  func derivative(x: Double, y: Double) -> (x: SIMD2<Double>, y: SIMD2<Double>) {
    let w = g * x + h * y + i
    let p = self(x, y)
    return ([(a - p.x * g) / w, (d - p.y * g) / w], [(b - p.x * h) / w, (e - p.y * h) / w])
  }
}
