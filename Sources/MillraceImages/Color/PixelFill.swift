import MillraceRandom

/// What fills the erased parts of a picture.
enum PixelFill: Int, CaseIterable {
  /// The background colour.
  case constant
  /// The picture's own mean colour.
  case mean
  /// Uniform noise.
  case noise

  static let words = ["constant", "mean", "noise"]

  static let parameter = AugmentationParameter("fill", oneOf: words, "what the erased part becomes")
}

/// Fills boxes of planes in one way.
struct PixelFiller {
  private let planes: PixelPlanes
  private let mode: PixelFill
  private let color: SIMD4<Float>
  private var noise: KeyedRandom

  init(_ mode: PixelFill, of planes: PixelPlanes, key: UInt64) {
    self.planes = planes
    self.mode = mode
    color = mode == .mean ? SIMD4(planes.means(), 0) : planes.background
    noise = KeyedRandom(seed: key, purpose: .noise)
  }

  /// Fills a box, without the part that is outside the picture.
  mutating func fill(columns: Range<Int>, rows: Range<Int>) {
    let columns = columns.clamped(to: 0..<planes.width)
    let rows = rows.clamped(to: 0..<planes.height)
    for channel in 0..<planes.channels {
      for y in rows {
        let row = planes.plane(channel) + y * planes.width
        for x in columns {
          row[x] = mode == .noise ? noise.uniform(0, 255) : color[channel]
        }
      }
    }
  }
}
