import Foundation
import MillraceRandom

/// An interval from which numbers are drawn.
struct Interval {
  let low: Float
  let high: Float

  init(_ low: Float, _ high: Float) {
    self.low = low
    self.high = high
  }

  func draw(using random: inout KeyedRandom) -> Float { random.uniform(low, high) }
}

/// How widely the pictures of a part of the data set vary.
///
/// The training part shows each figure in much the same way; the validation part turns, mirrors, moves, resizes and
/// tints it more. A network that saw only the training part does poorly on the validation part, unless augmentation
/// fills the gap.
struct Spread {
  /// The largest rotation either way, in degrees.
  let rotation: Float
  /// The figure's half extent as a share of the shorter side.
  let scale: Interval
  /// The largest shift either way, as a share of the shorter side.
  let shift: Float
  /// The largest shear either way.
  let shear: Float
  let mirrored: Float
  /// OKLCH lightness of the ground and of the figure, and how colourful they are.
  let darkness: Interval
  let lightness: Interval
  let chroma: Interval

  static let training = Spread(
    rotation: 6, scale: Interval(0.34, 0.39), shift: 0.03, shear: 0.03, mirrored: 0,
    darkness: Interval(0.32, 0.46), lightness: Interval(0.76, 0.88), chroma: Interval(0.05, 0.13))
  static let validation = Spread(
    rotation: 22, scale: Interval(0.28, 0.42), shift: 0.06, shear: 0.14, mirrored: 0.5,
    darkness: Interval(0.28, 0.48), lightness: Interval(0.76, 0.92), chroma: Interval(0.03, 0.15))
}

/// The affine map from a figure's own coordinates to the picture's.
struct Pose {
  private let inverseX: Point
  private let inverseY: Point
  private let centre: Point
  /// The pixels for one unit of the figure, along the average direction.
  let unit: Float

  init(spread: Spread, width: Int, height: Int, using random: inout KeyedRandom) {
    let side = Float(min(width, height))
    let angle = random.uniform(-spread.rotation, spread.rotation) * .pi / 180
    let scale = spread.scale.draw(using: &random) * side
    let shear = random.uniform(-spread.shear, spread.shear)
    let mirror: Float = random.bernoulli(spread.mirrored) ? -1 : 1
    let shift = Point(random.uniform(-1, 1), random.uniform(-1, 1)) * spread.shift * side
    centre = Point(Float(width), Float(height)) / 2 + shift
    unit = scale
    // The forward map mirrors, then shears along x, then rotates, then scales. Below is its inverse, row by row.
    let (c, s) = (cos(angle) / scale, sin(angle) / scale)
    inverseY = [-s, c]
    inverseX = (Point(c, s) - shear * inverseY) * mirror
  }

  /// A point of the picture in the figure's coordinates.
  func figurePoint(_ p: Point) -> Point {
    let q = p - centre
    return [(q * inverseX).sum(), (q * inverseY).sum()]
  }
}
