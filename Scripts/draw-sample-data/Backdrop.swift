import Foundation
import MillraceRandom

/// The ground behind a figure: how much of the accent colour shows at each point, from 0 to 1.
struct Backdrop {
  let accent: (Point) -> Float

  /// Draws a pattern for a picture of this size.
  init(width: Int, height: Int, using random: inout KeyedRandom) {
    let size = Point(Float(width), Float(height))
    let side = min(size.x, size.y)
    let angle = random.uniform(0, 2 * .pi)
    let direction = Point(cos(angle), sin(angle))
    let across = Point(-direction.y, direction.x)
    let period = side * random.uniform(0.14, 0.3)
    let phase = Point(random.uniform(0, period), random.uniform(0, period))

    switch random.index(below: 8) {
    case 0:  // plain
      accent = { _ in 0 }
    case 1:  // a slope of light
      accent = { 0.5 + (($0 - size / 2) * direction).sum() / side }
    case 2:  // a spotlight
      let centre = size * Point(random.uniform(0.25, 0.75), random.uniform(0.25, 0.75))
      accent = { 1.2 - 1.6 * length($0 - centre) / side }
    case 3:  // stripes
      accent = { p in
        let x = ((p + phase) * direction).sum() / period
        return edge((abs(x - x.rounded()) - 0.25) * period)
      }
    case 4:  // checks
      accent = { p in
        let (x, y) = (((p + phase) * direction).sum() / period, ((p + phase) * across).sum() / period)
        return edge(sin(.pi * x) * sin(.pi * y) * period / 3)
      }
    case 5:  // dots, every other row moved by half
      accent = { p in
        let y = ((p + phase) * across).sum() / period
        let row = y.rounded()
        let x = ((p + phase) * direction).sum() / period + (Int(row).isMultiple(of: 2) ? 0 : 0.5)
        return edge((length([x - x.rounded(), y - row]) - 0.26) * period)
      }
    case 6:  // waves
      accent = { p in
        let x = ((p + phase) * direction).sum() / period
        let y = ((p + phase) * across).sum() / period + 0.3 * sin(x * 3)
        return edge((abs(y - y.rounded()) - 0.22) * period)
      }
    default:  // confetti: short strokes in all directions
      let strokes: [(Point, Point)] = (0..<26).map { _ in
        let a = size * Point(random.uniform(), random.uniform())
        let turn = random.uniform(0, 2 * .pi)
        return (a, a + Point(cos(turn), sin(turn)) * side * random.uniform(0.03, 0.12))
      }
      let thickness = side * 0.02
      accent = { p in
        edge(strokes.reduce(.infinity) { min($0, segment(p, $1.0, $1.1)) } - thickness)
      }
    }
  }
}

/// Anti-aliasing: the share of a pixel inside an edge at this signed distance in pixels.
func edge(_ distance: Float) -> Float { min(max(0.5 - distance, 0), 1) }
