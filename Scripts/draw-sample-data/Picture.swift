import Foundation
import MillraceImages
import MillraceRandom

/// One picture of the data set, before it is encoded.
struct Picture {
  let image: Image

  /// Paints a figure on a backdrop. Grain is noise of up to this many levels either way.
  init(of figure: Figure, spread: Spread, channels: Channels, grain: Float, using random: inout KeyedRandom) {
    // Pictures are from upright to wide; the shorter side is always long enough to show the figure.
    let side = 40 + random.index(below: 51)
    let longer = Int(Float(side) * random.uniform(1, 1.33))
    let (width, height) =
      switch random.index(below: 4) {
      case 0: (longer, side)
      case 1: (side, longer)
      default: (side, side)
      }
    let silhouette = figure.silhouette(using: &random)
    let pose = Pose(spread: spread, width: width, height: height, using: &random)
    let palette = Palette(spread: spread, using: &random)
    let backdrop = Backdrop(width: width, height: height, using: &random)
    let outline = random.bernoulli(0.5) ? Float(side) * random.uniform(0.012, 0.03) : 0
    let shadow = random.bernoulli(0.6) ? random.uniform(0.25, 0.6) : 0
    let shadowOffset = Point(random.uniform(-0.03, 0.03), random.uniform(0.02, 0.06)) * Float(side)
    let shadowBlur = Float(side) * random.uniform(0.04, 0.09)

    func distance(_ p: Point) -> Float { silhouette.distance(pose.figurePoint(p)) * pose.unit }

    var pixels: [UInt8] = []
    pixels.reserveCapacity(width * height * channels.rawValue)
    for y in 0..<height {
      for x in 0..<width {
        let p = Point(Float(x) + 0.5, Float(y) + 0.5)
        var color = mix(palette.ground, palette.groundAccent, min(max(backdrop.accent(p), 0), 1))
        if shadow > 0 {
          let depth = min(max(0.5 - distance(p - shadowOffset) / shadowBlur, 0), 1)
          color *= 1 - shadow * depth * depth * (3 - 2 * depth)
        }
        let d = distance(p)
        color = mix(color, palette.outline, outline > 0 ? edge(d - outline) : 0)
        // The figure is lit from above.
        let fill = mix(palette.figure, palette.figureShade, min(max(pose.figurePoint(p).y * 0.5 + 0.5, 0), 1))
        color = mix(color, fill, edge(d))

        let noise = grain * (random.uniform() + random.uniform() - 1)
        switch channels {
        case .rgb:
          for channel in 0..<3 { pixels.append(byte(encoded(color[channel]) + noise)) }
        case .gray:
          let luma = 0.2126 * color.x + 0.7152 * color.y + 0.0722 * color.z
          pixels.append(byte(encoded(luma) + noise))
        }
      }
    }
    image = Image(width: width, height: height, channels: channels, pixels: pixels)
  }
}

private func mix(_ a: Color, _ b: Color, _ share: Float) -> Color { a + (b - a) * share }

private func byte(_ value: Float) -> UInt8 { UInt8(min(max(value.rounded(), 0), 255)) }
