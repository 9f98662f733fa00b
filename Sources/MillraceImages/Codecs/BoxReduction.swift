/// Reduces an image by an integer factor: each output pixel is the mean of a square of input pixels.
///
/// The output has `ceil(width / factor)` × `ceil(height / factor)` pixels; squares that stick out at the
/// right or bottom edge average the pixels that exist. A mean is rounded to nearest, halves up.
struct BoxReduction: ~Copyable {
  /// Column sums of one row of squares: at most 8 · 255 each.
  private var sums = ReusedBuffer<UInt16>()

  /// Writes the reduction of `source` by `factor`, which is 2, 4 or 8, to `out`.
  mutating func reduce(_ source: ImageView, by factor: Int, into out: UnsafeMutablePointer<UInt8>) {
    let channels = source.channels.rawValue
    let rowBytes = source.width * channels
    let outRowBytes = (source.width + factor - 1) / factor * channels
    let sums = sums.reserve(rowBytes)
    var outRow = out
    var y = 0
    while y < source.height {
      let rows = min(factor, source.height - y)
      Self.addRows(source.base + y * rowBytes, rows: rows, rowBytes: rowBytes, into: sums)
      if channels == 1 {
        Self.averageColumns(sums, width: source.width, channels: 1, factor: factor, rows: rows, into: outRow)
      } else {
        Self.averageColumns(sums, width: source.width, channels: 3, factor: factor, rows: rows, into: outRow)
      }
      outRow += outRowBytes
      y += factor
    }
  }

  /// The bulk of the work: contiguous, so that the compiler vectorises it.
  private static func addRows(
    _ first: UnsafePointer<UInt8>, rows: Int, rowBytes: Int, into sums: UnsafeMutablePointer<UInt16>
  ) {
    for i in 0..<rowBytes { sums[i] = UInt16(first[i]) }
    for row in 1..<max(rows, 1) {
      let next = first + row * rowBytes
      for i in 0..<rowBytes { sums[i] &+= UInt16(next[i]) }
    }
  }

  @inline(__always)
  private static func averageColumns(
    _ sums: UnsafePointer<UInt16>, width: Int, channels: Int, factor: Int, rows: Int,
    into out: UnsafeMutablePointer<UInt8>
  ) {
    let whole = width / factor
    let count = UInt32(factor * rows)
    // A power of two, unless the row of squares sticks out at the bottom.
    let shift = count & (count - 1) == 0 ? UInt32(count.trailingZeroBitCount) : nil
    var sum = sums
    var out = out
    for _ in 0..<whole {
      for channel in 0..<channels {
        var total = count / 2
        for k in 0..<factor { total &+= UInt32(sum[k &* channels &+ channel]) }
        out[channel] = UInt8(truncatingIfNeeded: shift.map { total &>> $0 } ?? total / count)
      }
      sum += factor * channels
      out += channels
    }
    let rest = width - whole * factor
    if rest > 0 {
      let count = UInt32(rest * rows)
      for channel in 0..<channels {
        var total = count / 2
        for k in 0..<rest { total += UInt32(sum[k * channels + channel]) }
        out[channel] = UInt8(truncatingIfNeeded: total / count)
      }
    }
  }
}
