/// The part of a source that a warp needs, as floats, with its border around it.
///
/// When the warp shrinks, the source is first averaged over boxes of `reduction × reduction` pixels. A gray
/// pixel is one value, a colour pixel one vector of four whose last is idle. A ring of border stands around
/// the image, so the sampler needs no test.
final class WarpTile {
  private let values = ScratchBuffer<Float>()
  private let columnSums = ScratchBuffer<UInt16>()

  /// The position of the tile's first pixel in the reduced image.
  private(set) var x = 0
  private(set) var y = 0
  /// The distance from one row to the next, and from one pixel to the next, in values.
  private(set) var rowStride = 0
  private(set) var pixelStride = 1

  var base: UnsafeMutablePointer<Float> { values.base }

  /// Fills the tile.
  ///
  /// - Parameters:
  ///   - columns: The columns of the reduced image; those outside it are border.
  ///   - rows: The same for rows.
  func fill(
    from image: ImageView, reduction: Int, columns: ClosedRange<Int>, rows: ClosedRange<Int>,
    border: BorderMode, background: SIMD4<Float>
  ) {
    let width = (image.width + reduction - 1) / reduction
    let height = (image.height + reduction - 1) / reduction
    x = columns.lowerBound
    y = rows.lowerBound
    pixelStride = image.channels == .gray ? 1 : 4
    rowStride = columns.count * pixelStride
    let values = values.reserve(rowStride * rows.count)

    let firstInside = min(max(0, columns.lowerBound), width - 1)
    let inside = firstInside...max(firstInside, min(width - 1, columns.upperBound))
    for row in rows {
      let target = values + (row - y) * rowStride
      guard let sourceRow = border.resolve(row, count: height), columns.lowerBound < width,
        columns.upperBound >= 0
      else {
        for pixel in 0..<columns.count { fill(target + pixel * pixelStride, with: background) }
        continue
      }
      let body = target + (inside.lowerBound - x) * pixelStride
      if reduction > 1 {
        average(image, reduction: reduction, row: sourceRow, columns: inside, into: body)
      } else {
        let start = sourceRow * image.width + inside.lowerBound
        if image.channels == .gray {
          convertGray(image.base + start, count: inside.count, into: body)
        } else {
          // Four bytes are read for a pixel's three; only the image's very last pixel has none after it.
          let isLast = start + inside.count == image.width * image.height
          convertColor(image.base + 3 * start, count: inside.count, isLast: isLast, into: body)
        }
      }
      for column in columns where column < 0 || column >= width {
        let pixel = target + (column - x) * pixelStride
        if border == .constant {
          fill(pixel, with: background)
        } else {
          // Only the ring lies here: its weight is zero, so the nearest pixel will do.
          let nearest = target + ((column < 0 ? inside.lowerBound : inside.upperBound) - x) * pixelStride
          pixel.update(from: nearest, count: pixelStride)
        }
      }
    }
  }

  private func fill(_ pixel: UnsafeMutablePointer<Float>, with color: SIMD4<Float>) {
    if pixelStride == 4 { storeFloats(color, pixel) } else { pixel[0] = color[0] }
  }

  private func convertGray(
    _ bytes: UnsafePointer<UInt8>, count: Int, into target: UnsafeMutablePointer<Float>
  ) {
    var i = 0
    while i &+ 4 <= count {
      storeFloats(loadBytes(bytes + i), target + i)
      i &+= 4
    }
    while i < count {
      target[i] = Float(bytes[i])
      i &+= 1
    }
  }

  private func convertColor(
    _ bytes: UnsafePointer<UInt8>, count: Int, isLast: Bool, into target: UnsafeMutablePointer<Float>
  ) {
    var from = bytes
    var to = target
    let end = target + 4 * (isLast ? count - 1 : count)
    while to < end {
      storeFloats(loadBytes(from), to)
      from += 3
      to += 4
    }
    if isLast { storeFloats([Float(from[0]), Float(from[1]), Float(from[2]), 0], to) }
  }

  /// One row of box averages. Boxes that stick out on the right or at the bottom average what there is.
  private func average(
    _ image: ImageView, reduction: Int, row: Int, columns: ClosedRange<Int>,
    into target: UnsafeMutablePointer<Float>
  ) {
    let channels = image.channels.rawValue
    let firstColumn = columns.lowerBound * reduction
    let pixelCount = min(image.width, (columns.upperBound + 1) * reduction) - firstColumn
    let count = pixelCount * channels
    let rowCount = min(reduction, image.height - row * reduction)
    let bytesPerRow = image.width * channels
    let first = image.base + row * reduction * bytesPerRow + firstColumn * channels

    let sums = columnSums.reserve(count + 8)
    addRows(first, second: rowCount > 1 ? first + bytesPerRow : nil, count: count, into: sums, adding: false)
    for k in stride(from: 2, to: rowCount, by: 2) {
      let next = first + k * bytesPerRow
      addRows(
        next, second: k + 1 < rowCount ? next + bytesPerRow : nil, count: count, into: sums, adding: true)
    }

    let whole = pixelCount / reduction
    let factor = 1 / Float(rowCount * reduction)
    var box = sums
    var written = target
    for _ in 0..<whole {
      write(box, count: reduction, factor: factor, to: written)
      written += pixelStride
      box += reduction * channels
    }
    let rest = pixelCount - whole * reduction
    if rest > 0 { write(box, count: rest, factor: 1 / Float(rowCount * rest), to: written) }
  }

  /// One box: the sum of `count` pixels of column sums, times a factor.
  @inline(__always)
  private func write(
    _ sums: UnsafePointer<UInt16>, count: Int, factor: Float, to target: UnsafeMutablePointer<Float>
  ) {
    if pixelStride == 4 {
      let pixels = UnsafeRawPointer(sums)
      var sum = pixels.loadUnaligned(as: SIMD4<UInt16>.self)
      for k in 1..<max(1, count) {
        sum &+= pixels.loadUnaligned(fromByteOffset: 6 &* k, as: SIMD4<UInt16>.self)
      }
      storeFloats(SIMD4<Float>(SIMD4<Int32>(truncatingIfNeeded: sum)) * factor, target)
    } else {
      var sum: UInt16 = 0
      for k in 0..<count { sum &+= sums[k] }
      target[0] = Float(sum) * factor
    }
  }

  /// sums = first + second (+ sums).
  private func addRows(
    _ first: UnsafePointer<UInt8>, second: UnsafePointer<UInt8>?, count: Int,
    into sums: UnsafeMutablePointer<UInt16>, adding: Bool
  ) {
    var i = 0
    while i + 8 <= count {
      var sum = widened(first + i)
      if let second { sum &+= widened(second + i) }
      let target = UnsafeMutableRawPointer(sums + i)
      if adding { sum &+= target.loadUnaligned(as: SIMD8<UInt16>.self) }
      target.storeBytes(of: sum, as: SIMD8<UInt16>.self)
      i += 8
    }
    while i < count {
      sums[i] = UInt16(first[i]) &+ UInt16(second?[i] ?? 0) &+ (adding ? sums[i] : 0)
      i += 1
    }
  }

  @inline(__always)
  private func widened(_ bytes: UnsafePointer<UInt8>) -> SIMD8<UInt16> {
    SIMD8<UInt16>(truncatingIfNeeded: UnsafeRawPointer(bytes).loadUnaligned(as: SIMD8<UInt8>.self))
  }
}
