/// How much of each output pixel lies on the picture: the rest of the pixel shows a constant border.
///
/// The picture itself is filtered as if it continued outside, so the border's colour begins at the picture's edge
/// and does not reach inside as far as a filter does. The share that an edge leaves of a pixel is exact for an edge
/// that is straight within the pixel; the share that two edges leave at a corner is taken as the product.
///
/// An output pixel is the parallelogram that its steps to the next pixel and to the next row span in the source.
final class EdgeCoverage {
  /// The positions of a row's pixels in the reduced source, padded to whole vectors.
  private(set) var x: UnsafeMutablePointer<Float>
  private(set) var y: UnsafeMutablePointer<Float>

  private var neighbourX: UnsafeMutablePointer<Float>
  private var neighbourY: UnsafeMutablePointer<Float>
  private var shares: UnsafeMutablePointer<Float>
  private var count = 0
  private var columns = Edges(low: 0, high: 0)
  private var rows = Edges(low: 0, high: 0)
  private let memory = ScratchBuffer<Float>()

  /// The picture's edges along one axis.
  private struct Edges {
    let low: Float
    let high: Float
  }

  init() {
    x = memory.base
    (y, neighbourX, neighbourY, shares) = (x, x, x, x)
  }

  /// Begins an image whose output has `count` pixels in a row.
  func begin(count: Int, axes: (x: PixelAxis, y: PixelAxis)) {
    self.count = count
    columns = Edges(low: Float(axes.x.low - 0.5), high: Float(axes.x.high - 0.5))
    rows = Edges(low: Float(axes.y.low - 0.5), high: Float(axes.y.high - 0.5))
    // There is room for one pixel more than whole vectors.
    let stride = (count + 3) & ~3 + 4
    let base = memory.reserve(5 * stride)
    (x, y) = (base, base + stride)
    (neighbourX, neighbourY, shares) = (base + 2 * stride, base + 3 * stride, base + 4 * stride)
  }

  /// Makes the row whose positions are in `x` and `y` the neighbour of the row that is written there next.
  func advance() {
    swap(&x, &neighbourX)
    swap(&y, &neighbourY)
  }

  /// Blends a finished row of pixels with the border.
  ///
  /// - Parameters:
  ///   - planes: The row in the first plane; the others are `planeSize` apart.
  func blend(
    _ background: SIMD4<Float>, into planes: UnsafeMutablePointer<Float>, planeSize: Int, channels: Int
  ) {
    if measure() { return }
    for channel in 0..<channels {
      let plane = planes + channel * planeSize
      var i = 0
      while i &+ 4 <= count {
        let share = loadFloats(shares + i)
        storeFloats(share * loadFloats(plane + i) + (1 - share) * background[channel], plane + i)
        i &+= 4
      }
      while i < count {
        plane[i] = shares[i] * plane[i] + (1 - shares[i]) * background[channel]
        i &+= 1
      }
    }
  }

  /// Computes the shares of a row's pixels; true where all of them are whole.
  private func measure() -> Bool {
    // The last pixel's step equals the step before it.
    let end = (count + 3) & ~3
    x[end] = 2 * x[end - 1] - x[end - 2]
    y[end] = 2 * y[end - 1] - y[end - 2]
    var isWhole = true
    var i = 0
    while i < end {
      if isInside(i, x, neighbourX, columns), isInside(i, y, neighbourY, rows) {
        storeFloats(SIMD4(repeating: 1), shares + i)
      } else {
        isWhole = false
        for k in i..<i &+ 4 { shares[k] = share(k, x, neighbourX, columns) * share(k, y, neighbourY, rows) }
      }
      i &+= 4
    }
    return isWhole
  }

  /// Whether four pixels are between the edges of an axis.
  @inline(__always)
  private func isInside(
    _ i: Int, _ positions: UnsafeMutablePointer<Float>, _ neighbours: UnsafeMutablePointer<Float>,
    _ edges: Edges
  ) -> Bool {
    let position = loadFloats(positions + i)
    let along = loadFloats(positions + (i &+ 1)) - position
    let across = loadFloats(neighbours + i) - position
    // This goes lane by lane, because that compiles to single instructions.
    @inline(__always) func spare(_ k: Int) -> Float {
      let room = min(position[k] - edges.low, edges.high - position[k])
      return room - 0.5 * (abs(along[k]) + abs(across[k]))
    }
    return spare(0) >= 0 && spare(1) >= 0 && spare(2) >= 0 && spare(3) >= 0
  }

  /// The share of a pixel between the edges of an axis.
  private func share(
    _ i: Int, _ positions: UnsafeMutablePointer<Float>, _ neighbours: UnsafeMutablePointer<Float>,
    _ edges: Edges
  ) -> Float {
    let along = abs(positions[i &+ 1] - positions[i])
    let across = abs(neighbours[i] - positions[i])
    let longer = max(along, across)
    let shorter = min(along, across)
    let within =
      Self.share(beyond: positions[i] - edges.low, longer, shorter)
      + Self.share(beyond: edges.high - positions[i], longer, shorter) - 1
    // A position that is not finite is outside.
    return within > 0 ? min(within, 1) : 0
  }

  /// The share of a parallelogram on one side of a line, from the distance of its centre on that side, and from how
  /// far its sides reach across. Along the cut its width grows linearly, stays, and shrinks again.
  private static func share(beyond distance: Float, _ longer: Float, _ shorter: Float) -> Float {
    let half = (longer + shorter) / 2
    let reach = half - abs(distance)
    // The part that the line cuts off is the smaller one.
    let rest: Float
    if !(reach > 0) {
      rest = 0
    } else if reach < shorter {
      rest = reach * reach / (2 * longer * shorter)
    } else {
      rest = (reach - shorter / 2) / longer
    }
    return distance > 0 ? 1 - rest : rest
  }
}
