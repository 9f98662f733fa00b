import Foundation
import MillraceRandom

/// A point or a vector. Silhouettes are around the origin, about one unit large each way; y points down.
typealias Point = SIMD2<Float>

/// A figure as its signed distance: negative inside, positive outside, in the figure's own units.
///
/// The distances of circles, boxes, segments, polygons and the heart follow Inigo Quilez, "2D distance
/// functions", https://iquilezles.org/articles/distfunctions2d/.
struct Silhouette {
  let distance: (Point) -> Float
}

/// The classes of the sample data: the name of each folder and how its figure is drawn.
enum Figure: String, CaseIterable {
  case arrow, crescent, heart, house, key, ring, spiral, star

  /// A figure of this class with proportions of its own.
  func silhouette(using random: inout KeyedRandom) -> Silhouette {
    switch self {
    case .arrow: .arrow(using: &random)
    case .crescent: .crescent(using: &random)
    case .heart: .heart(using: &random)
    case .house: .house(using: &random)
    case .key: .key(using: &random)
    case .ring: .ring(using: &random)
    case .spiral: .spiral(using: &random)
    case .star: .star(using: &random)
    }
  }
}

// MARK: The figures

extension Silhouette {
  static func arrow(using random: inout KeyedRandom) -> Silhouette {
    let shaft = random.uniform(0.14, 0.24)
    let head = random.uniform(0.55, 0.72)
    let neck = random.uniform(-0.05, 0.2)
    let barb = random.uniform(-0.15, 0)
    let corners: [Point] = [
      [-0.95, -shaft], [neck, -shaft], [neck + barb, -head], [0.95, 0],
      [neck + barb, head], [neck, shaft], [-0.95, shaft],
    ]
    return Silhouette { polygon($0, corners) - 0.04 }
  }

  static func crescent(using random: inout KeyedRandom) -> Silhouette {
    let bite = random.uniform(0.68, 0.8)
    let offset = random.uniform(0.38, 0.5)
    return Silhouette { p in
      let q = p - [-0.1, 0]
      return max(length(q) - 0.9, bite - length(q - [offset, 0]))
    }
  }

  static func heart(using random: inout KeyedRandom) -> Silhouette {
    let width = random.uniform(0.9, 1.1)
    return Silhouette { p in
      // The formula's heart stands on the origin, 1.1 high, with y up.
      let q = Point(abs(p.x) / width, 0.88 - p.y) / 1.6
      let distance: Float
      if q.x + q.y > 1 {
        distance = length(q - [0.25, 0.75]) - 0.353_553
      } else {
        let foot = q - [0, 1]
        let side = q - Point(repeating: 0.5 * max(q.x + q.y, 0))
        distance = min(length(foot), length(side)) * (q.x < q.y ? -1 : 1)
      }
      return distance * 1.6
    }
  }

  static func house(using random: inout KeyedRandom) -> Silhouette {
    let wall = random.uniform(0.58, 0.72)
    let eaves = random.uniform(-0.15, 0.05)
    let overhang = random.uniform(0.12, 0.24)
    let door = random.uniform(0.13, 0.19)
    let chimney = random.uniform(0.3, 0.5)
    let corners: [Point] = [
      [-wall, 0.85], [-wall, eaves], [-wall - overhang, eaves], [0, -0.9],
      [wall + overhang, eaves], [wall, eaves], [wall, 0.85],
    ]
    return Silhouette { p in
      let body = polygon(p, corners) - 0.03
      let stack = box(p - [chimney, -0.6], [0.1, 0.3])
      let opening = box(p - [0, 0.65], [door, 0.25])
      return max(min(body, stack), -opening)
    }
  }

  static func key(using random: inout KeyedRandom) -> Silhouette {
    let bow = random.uniform(0.36, 0.44)
    let hole = random.uniform(0.15, 0.22)
    let shaft = random.uniform(0.09, 0.13)
    let teeth = 2 + random.index(below: 2)
    let depth = random.uniform(0.26, 0.36)
    return Silhouette { p in
      let centre = Point(-0.52, -0.08)
      var distance = max(length(p - centre) - bow, hole - length(p - centre))
      distance = min(distance, box(p - [0.32, -0.08], [0.63, shaft]))
      for i in 0..<teeth {
        distance = min(
          distance, box(p - [0.87 - 0.27 * Float(i), -0.08 + depth / 2], [0.08, shaft / 2 + depth / 2]))
      }
      return distance
    }
  }

  static func ring(using random: inout KeyedRandom) -> Silhouette {
    let thickness = random.uniform(0.13, 0.24)
    return Silhouette { abs(length($0) - (0.9 - thickness)) - thickness }
  }

  static func spiral(using random: inout KeyedRandom) -> Silhouette {
    let turns = random.uniform(1.7, 2.0)
    let thickness = random.uniform(0.1, 0.14)
    let start = random.uniform(-0.4, 0.4)
    let count = 56
    let points: [Point] = (0...count).map { i in
      let t = Float(i) / Float(count)
      let angle = start + t * turns * 2 * .pi
      return Point(cos(angle), sin(angle)) * (0.04 + 0.8 * t)
    }
    return Silhouette { p in
      var nearest = Float.infinity
      for i in 0..<count { nearest = min(nearest, segment(p, points[i], points[i + 1])) }
      return nearest - thickness
    }
  }

  static func star(using random: inout KeyedRandom) -> Silhouette {
    let inner = random.uniform(0.38, 0.46)
    let corners: [Point] = (0..<10).map { i in
      let angle = Float(i) * .pi / 5
      return Point(sin(angle), -cos(angle)) * (i.isMultiple(of: 2) ? 0.95 : inner)
    }
    return Silhouette { polygon($0, corners) - 0.03 }
  }
}

// MARK: Distances

func length(_ p: Point) -> Float { (p * p).sum().squareRoot() }

private func box(_ p: Point, _ halfSize: Point) -> Float {
  let q = Point(abs(p.x), abs(p.y)) - halfSize
  return length([max(q.x, 0), max(q.y, 0)]) + min(max(q.x, q.y), 0)
}

/// The unsigned distance to the segment from a to b.
func segment(_ p: Point, _ a: Point, _ b: Point) -> Float {
  let (pa, ba) = (p - a, b - a)
  let along = min(max((pa * ba).sum() / (ba * ba).sum(), 0), 1)
  return length(pa - ba * along)
}

private func polygon(_ p: Point, _ corners: [Point]) -> Float {
  var nearest = Float.infinity
  var inside = false
  var b = corners[corners.count - 1]
  for a in corners {
    nearest = min(nearest, segment(p, a, b))
    // This is the even–odd rule: it counts the edges that a ray to the right crosses.
    if (a.y > p.y) != (b.y > p.y), p.x < (b.x - a.x) * (p.y - a.y) / (b.y - a.y) + a.x { inside.toggle() }
    b = a
  }
  return inside ? -nearest : nearest
}
