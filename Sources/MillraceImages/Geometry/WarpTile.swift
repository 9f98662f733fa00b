/// The part of a source that a warp needs, as floats, with its border around it.
///
/// When the warp shrinks, the source is first averaged over boxes of `reduction × reduction` pixels, and these are
/// smoothed by three taps along each axis. A gray pixel is one value; a colour pixel is a vector of four values, of
/// which the last is unused. A ring of border surrounds the image, so the sampler needs no test. A constant border
/// is drawn by ``EdgeCoverage``, so in the tile its ring repeats the edge.
///
/// Pixels are as far apart as if they were whole. The centre of a pixel that reaches beyond the picture is nearer
/// to its neighbour's; its value is extrapolated along the line through both, so that interpolation finds the
/// pixel's own value at its centre.
final class WarpTile {
  private let values = ScratchBuffer<Float>()
  private let columnSums = ScratchBuffer<UInt16>()
  private let sharpRows = ScratchBuffer<Float>()
  private let neighbourRow = ScratchBuffer<Float>()

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
  ///   - axes: The axes of the reduced image.
  ///   - columns: The columns of the reduced image; those outside of it are border.
  ///   - rows: The rows of the reduced image; those outside of it are border.
  func fill(
    from image: ImageView, sampling: WarpSampling, axes: (x: PixelAxis, y: PixelAxis),
    columns: ClosedRange<Int>, rows: ClosedRange<Int>, border: BorderMode
  ) {
    x = columns.lowerBound
    y = rows.lowerBound
    pixelStride = image.channels == .gray ? 1 : 4
    rowStride = columns.count * pixelStride
    // Whole vectors are written, so the last row may be written past its end.
    let values = values.reserve(rowStride * rows.count + 4)
    let source = Source(
      image: image, reduction: sampling.reduction, axes: axes, border: border == .reflect ? .reflect : .edge)
    if sampling.smoothing != .zero {
      fillSmoothed(from: source, columns: columns, rows: rows, smoothing: sampling.smoothing, into: values)
    } else {
      for row in rows {
        fillRow(row, of: source, columns: columns, into: values + (row - y) * rowStride)
      }
    }
  }

  /// The source of a tile's rows.
  private struct Source {
    let image: ImageView
    let reduction: Int
    let axes: (x: PixelAxis, y: PixelAxis)
    /// The border, which is never constant.
    let border: BorderMode

    /// The pixel that is shown at a position of an axis.
    func resolve(_ index: Int, on axis: PixelAxis) -> Int {
      border.resolve(index, count: axis.count) ?? min(max(index, 0), axis.count - 1)
    }
  }

  /// Fills the tile from groups of three rows, each a ring wider than the tile, which are blended.
  private func fillSmoothed(
    from source: Source, columns: ClosedRange<Int>, rows: ClosedRange<Int>, smoothing: SIMD2<Float>,
    into values: UnsafeMutablePointer<Float>
  ) {
    let wider = columns.lowerBound - 1...columns.upperBound + 1
    let width = wider.count * pixelStride
    let pitch = width + 4
    // There are three rows as they are, and one that is smoothed down the columns.
    let sharp = sharpRows.reserve(4 * pitch)
    let blended = sharp + 3 * pitch
    func place(_ row: Int) -> UnsafeMutablePointer<Float> { sharp + (row - y + 1) % 3 * pitch }

    fillRow(y - 1, of: source, columns: wider, into: place(y - 1))
    fillRow(y, of: source, columns: wider, into: place(y))
    for row in rows {
      fillRow(row + 1, of: source, columns: wider, into: place(row + 1))
      Self.blend(
        place(row - 1), place(row), place(row + 1), share: smoothing.y, count: width, into: blended)
      Self.blend(
        blended, blended + pixelStride, blended + 2 * pixelStride, share: smoothing.x, count: rowStride,
        into: values + (row - y) * rowStride)
    }
  }

  /// Computes target = share · (before + after) + (1 − 2 · share) · middle, in whole vectors.
  private static func blend(
    _ before: UnsafePointer<Float>, _ middle: UnsafePointer<Float>, _ after: UnsafePointer<Float>,
    share: Float, count: Int, into target: UnsafeMutablePointer<Float>
  ) {
    let rest = 1 - 2 * share
    var i = 0
    while i < count {
      let sides = loadFloats(before + i) + loadFloats(after + i)
      storeFloats(share * sides + rest * loadFloats(middle + i), target + i)
      i &+= 4
    }
  }

  /// Fills one row of the reduced image and its border.
  private func fillRow(
    _ row: Int, of source: Source, columns: ClosedRange<Int>, into target: UnsafeMutablePointer<Float>
  ) {
    let sourceRow = source.resolve(row, on: source.axes.y)
    fillInside(sourceRow, of: source, columns: columns, into: target)
    if let line = source.axes.y.line(through: sourceRow) {
      let neighbour = neighbourRow.reserve(rowStride + 2 * pixelStride + 4)
      fillInside(line.neighbour, of: source, columns: columns, into: neighbour)
      for i in 0..<columns.count * pixelStride { target[i] += line.excess * (target[i] - neighbour[i]) }
    }
  }

  /// Fills one row of the reduced image, and the border on its left and right.
  private func fillInside(
    _ sourceRow: Int, of source: Source, columns: ClosedRange<Int>, into target: UnsafeMutablePointer<Float>
  ) {
    let image = source.image
    let width = source.axes.x.count
    let firstInside = min(max(0, columns.lowerBound), width - 1)
    let inside = firstInside...max(firstInside, min(width - 1, columns.upperBound))
    let body = target + (inside.lowerBound - columns.lowerBound) * pixelStride
    if source.reduction > 1 {
      average(image, reduction: source.reduction, row: sourceRow, columns: inside, into: body)
    } else {
      let start = sourceRow * image.width + inside.lowerBound
      if image.channels == .gray {
        convertGray(image.base + start, count: inside.count, into: body)
      } else {
        // Four bytes are read for the three of a pixel; only the image's very last pixel has no byte after it.
        let isLast = start + inside.count == image.width * image.height
        convertColor(image.base + 3 * start, count: inside.count, isLast: isLast, into: body)
      }
    }
    func pixel(_ column: Int) -> UnsafeMutablePointer<Float> {
      target + (column - columns.lowerBound) * pixelStride
    }
    // Both are measured before either is changed: of two columns, each is the other's neighbour.
    let excess = (first: drawnOut(0), last: drawnOut(width - 1))
    func drawnOut(_ column: Int) -> SIMD4<Float> {
      guard inside.contains(column), let line = source.axes.x.line(through: column),
        inside.contains(line.neighbour)
      else { return .zero }
      return line.excess * (value(pixel(column)) - value(pixel(line.neighbour)))
    }
    if excess.first != .zero { set(pixel(0), to: value(pixel(0)) + excess.first) }
    if excess.last != .zero { set(pixel(width - 1), to: value(pixel(width - 1)) + excess.last) }
    func addBorder(_ column: Int) {
      let resolved = source.resolve(column, on: source.axes.x)
      let nearest = min(max(resolved, inside.lowerBound), inside.upperBound)
      pixel(column).update(from: pixel(nearest), count: pixelStride)
    }
    for column in columns.lowerBound..<inside.lowerBound { addBorder(column) }
    for column in inside.upperBound..<columns.upperBound { addBorder(column + 1) }
  }

  private func value(_ pixel: UnsafePointer<Float>) -> SIMD4<Float> {
    pixelStride == 4 ? loadFloats(pixel) : SIMD4(pixel[0], 0, 0, 0)
  }

  private func set(_ pixel: UnsafeMutablePointer<Float>, to color: SIMD4<Float>) {
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

  /// Writes one row of box averages. Boxes that reach beyond the right or the bottom average the pixels that exist.
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

  /// Writes one box: the sum of `count` pixels of column sums, times a factor.
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

  /// Computes sums = first + second (+ sums).
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
