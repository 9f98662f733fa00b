/// Turns stored pixels upright.
enum Uprighting {
  /// Writes the upright image to `out`, which has room for as many bytes as `stored` has.
  static func turn(
    _ stored: ImageView, by orientation: ExifOrientation, into out: UnsafeMutablePointer<UInt8>
  ) {
    let walk = Walk(orientation, storedSize: ImageSize(width: stored.width, height: stored.height))
    switch stored.channels {
    case .gray: copy(stored.base, walk, channels: 1, into: out)
    case .rgb: copy(stored.base, walk, channels: 3, into: out)
    }
  }

  /// The walk over the stored pixels that meets them in upright order: where it starts, and how far, in
  /// pixels, a step to the right and a step down lead.
  private struct Walk {
    let start: Int
    let right: Int
    let down: Int
    let size: ImageSize

    init(_ orientation: ExifOrientation, storedSize: ImageSize) {
      let width = storedSize.width
      let lastColumn = width - 1
      let lastRow = (storedSize.height - 1) * width
      switch orientation {
      case .upright: (start, right, down) = (0, 1, width)
      case .mirrored: (start, right, down) = (lastColumn, -1, width)
      case .rotated180: (start, right, down) = (lastRow + lastColumn, -1, -width)
      case .flipped: (start, right, down) = (lastRow, 1, -width)
      case .transposed: (start, right, down) = (0, width, 1)
      case .rotated90: (start, right, down) = (lastRow, -width, 1)
      case .transversed: (start, right, down) = (lastRow + lastColumn, -width, -1)
      case .rotated270: (start, right, down) = (lastColumn, width, -1)
      }
      size = orientation.applied(to: storedSize)
    }
  }

  /// In tiles, because a turned walk jumps from row to row and would lose each cache line before using it up.
  @inline(__always)
  private static func copy(
    _ base: UnsafePointer<UInt8>, _ walk: Walk, channels: Int, into out: UnsafeMutablePointer<UInt8>
  ) {
    let tile = 32
    let outRowBytes = walk.size.width * channels
    for top in stride(from: 0, to: walk.size.height, by: tile) {
      let bottom = min(top + tile, walk.size.height)
      for left in stride(from: 0, to: walk.size.width, by: tile) {
        let columns = min(tile, walk.size.width - left)
        for y in top..<bottom {
          var from = base + (walk.start + left * walk.right + y * walk.down) * channels
          var to = out + y * outRowBytes + left * channels
          for _ in 0..<columns {
            for channel in 0..<channels { to[channel] = from[channel] }
            from += walk.right * channels
            to += channels
          }
        }
      }
    }
  }
}
