/// The part of a source that a warp needs, as floats, with its border around it.
///
/// When the warp shrinks, the source is first averaged over boxes of `reduction × reduction` pixels. Pixels
/// are interleaved. A ring of two pixels of border stands around the image, so the sampler needs no test.
final class WarpTile {
  private let values = ScratchBuffer<Float>()
  private let columnSums = ScratchBuffer<UInt16>()

  /// The position of the tile's first pixel in the reduced image.
  private(set) var x = 0
  private(set) var y = 0
  /// The distance from one row to the next, in values.
  private(set) var rowStride = 0

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
    let channels = image.channels.rawValue
    let width = (image.width + reduction - 1) / reduction
    let height = (image.height + reduction - 1) / reduction
    x = columns.lowerBound
    y = rows.lowerBound
    rowStride = columns.count * channels
    // Four more, because a pixel of three channels is read, and may be written, as four values.
    let values = values.reserve(rowStride * rows.count + 4)

    let firstInside = min(max(0, columns.lowerBound), width - 1)
    let inside = firstInside...max(firstInside, min(width - 1, columns.upperBound))
    for row in rows {
      let target = values + (row - y) * rowStride
      guard let sourceRow = border.resolve(row, count: height), columns.lowerBound < width,
        columns.upperBound >= 0
      else {
        fillBackground(target, pixels: columns.count, channels: channels, color: background)
        continue
      }
      let body = target + (inside.lowerBound - x) * channels
      if reduction == 1 {
        let start = image.base + (sourceRow * image.width + inside.lowerBound) * channels
        convert(start, count: inside.count * channels, into: body)
      } else {
        average(image, reduction: reduction, row: sourceRow, columns: inside, into: body)
      }
      for column in columns where column < 0 || column >= width {
        let pixel = target + (column - x) * channels
        if border == .constant {
          fillBackground(pixel, pixels: 1, channels: channels, color: background)
        } else {
          // Only the ring lies here: its weight is zero, so the nearest pixel will do.
          let nearest = target + ((column < 0 ? inside.lowerBound : inside.upperBound) - x) * channels
          pixel.update(from: nearest, count: channels)
        }
      }
    }
  }

  private func fillBackground(
    _ target: UnsafeMutablePointer<Float>, pixels: Int, channels: Int, color: SIMD4<Float>
  ) {
    for pixel in 0..<pixels {
      for channel in 0..<channels { target[pixel * channels + channel] = color[channel] }
    }
  }

  private func convert(
    _ bytes: UnsafePointer<UInt8>, count: Int, into target: UnsafeMutablePointer<Float>
  ) {
    var i = 0
    while i + 8 <= count {
      storeFloats(loadBytes(bytes + i), target + i)
      storeFloats(loadBytes(bytes + i + 4), target + i + 4)
      i += 8
    }
    while i < count {
      target[i] = Float(bytes[i])
      i += 1
    }
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
      addRows(next, second: k + 1 < rowCount ? next + bytesPerRow : nil, count: count, into: sums, adding: true)
    }

    let whole = pixelCount / reduction
    let factor = 1 / Float(rowCount * reduction)
    var written = target
    if channels == 3 {
      var box = UnsafeRawPointer(sums)
      for _ in 0..<whole {
        var sum = box.loadUnaligned(as: SIMD4<UInt16>.self)
        for k in 1..<reduction { sum &+= box.loadUnaligned(fromByteOffset: 6 * k, as: SIMD4<UInt16>.self) }
        // The fourth value is the next pixel's first, and is overwritten by it.
        storeFloats(SIMD4<Float>(SIMD4<Int32>(truncatingIfNeeded: sum)) * factor, written)
        written += 3
        box += 6 * reduction
      }
    } else {
      for pixel in 0..<whole {
        var sum: UInt16 = 0
        for k in 0..<reduction { sum &+= sums[pixel * reduction + k] }
        written[0] = Float(sum) * factor
        written += 1
      }
    }
    let rest = pixelCount - whole * reduction
    if rest > 0 {
      for channel in 0..<channels {
        var sum: UInt32 = 0
        for k in 0..<rest { sum += UInt32(sums[(whole * reduction + k) * channels + channel]) }
        written[channel] = Float(sum) / Float(rowCount * rest)
      }
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
