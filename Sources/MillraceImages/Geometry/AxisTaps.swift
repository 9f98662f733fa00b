/// The weights by which the pixels of one axis of the source make each pixel of the output: an antialiased triangle
/// filter.
///
/// Where the window is inside the picture, taps beyond its edge are dropped and the others rescaled, as Pillow's
/// resize does. Where the window reaches outside, taps beyond the edge fall on the pixels that the border mode puts
/// there. A constant border takes as much of an output pixel as lies outside the picture, and the rest is filtered
/// as inside.
final class AxisTaps {
  /// The taps of one output pixel: `count` weights for the source pixels from `start`, and the share of a constant
  /// border.
  struct Tap: BitwiseCopyable, ExpressibleByIntegerLiteral {
    var start: Int32 = 0
    var count: Int32 = 0
    var border: Float = 0

    init(integerLiteral value: Int32) {}
  }

  private let tapBuffer = ScratchBuffer<Tap>()
  private let weightBuffer = ScratchBuffer<Float>()
  private let boxBuffer = ScratchBuffer<Double>()

  /// The number of weights that are kept for each output pixel.
  private(set) var stride = 0
  /// The source pixels that any output pixel uses.
  private(set) var used = 0..<0
  /// +1 or −1 where each output pixel is one whole source pixel, in order or mirrored; otherwise 0.
  private(set) var shift = 0

  var taps: UnsafeMutablePointer<Tap> { tapBuffer.base }
  var weights: UnsafeMutablePointer<Float> { weightBuffer.base }

  /// Computes the weights for source position = scale · output index + offset, where centres are whole numbers.
  func compute(scale: Double, offset: Double, outputCount: Int, source: PixelAxis, border: BorderMode) {
    let sourceCount = source.count
    let support = max(1, abs(scale))
    let low = min(offset - scale / 2, offset + scale * (Double(outputCount) - 0.5)) + 0.5
    let high = max(offset - scale / 2, offset + scale * (Double(outputCount) - 0.5)) + 0.5
    let isInside = low >= source.low - 1e-6 && high <= source.high + 1e-6

    // An axis that is magnified or moved beyond all bounds shows only border; the clamp keeps the arithmetic
    // finite.
    let reach = Int(min(2 * support, 1e6))
    stride = min(sourceCount, reach + 2)
    let room = min(sourceCount, reach + 4)
    let taps = tapBuffer.reserve(outputCount)
    let weights = weightBuffer.reserve(outputCount * stride + 4)
    let scratch = boxBuffer.reserve(room)
    var first = sourceCount
    var last = 0
    shift = abs(scale) == 1 && offset == offset.rounded() ? Int(scale) : 0

    for index in 0..<outputCount {
      let center = (scale * Double(index) + offset + 0.5).held(from: -1e6, to: 1e6)
      let row = weights + index * stride
      var visible = 1.0
      if !isInside && border == .constant {
        let half = abs(scale) / 2
        let overlap = min(center + half, source.high) - max(center - half, source.low)
        visible = (overlap / abs(scale)).held(from: 0, to: 1)
      }
      // One more pixel is taken on each side, since pixels may be narrower there.
      var from = Int((center - min(support, 1e6) + 0.5).rounded(.down)) - 1
      var to = Int((center + min(support, 1e6) + 0.5).rounded(.down)) + 1
      for k in 0..<room { scratch[k] = 0 }
      var total = 0.0
      var start = max(0, from)
      if isInside || border == .constant {
        from = max(0, from)
        to = min(sourceCount, to)
      } else if border == .edge {
        start = min(start, sourceCount - 1)
      } else if border == .reflect {
        start = sourceCount
        for position in from..<to {
          start = min(start, border.resolve(position, count: sourceCount) ?? start)
        }
      }
      for position in from..<max(from, to) where visible > 0 {
        let distance = abs(source.center(of: position) - center) / support
        if distance >= 1 { continue }
        guard let pixel = border.resolve(position, count: sourceCount) else { continue }
        let weight = source.share(of: position) * (1 - distance)
        total += weight
        scratch[pixel - start] += weight
      }

      // Leading and trailing zeros would cost time below.
      var count = room
      while count > 0 && scratch[count - 1] == 0 { count -= 1 }
      var skipped = 0
      while skipped < count && scratch[skipped] == 0 { skipped += 1 }
      start += skipped
      count -= skipped
      let factor = total > 0 ? visible / total : 0
      for k in 0..<count { row[k] = Float(scratch[k + skipped] * factor) }
      taps[index] = 0
      taps[index].border = total > 0 ? Float(1 - visible) : 1
      if count > 0 {
        taps[index].start = Int32(start)
        taps[index].count = Int32(count)
        first = min(first, start)
        last = max(last, start + count)
      }
      if taps[index].border != 0 || count != 1 { shift = 0 }
    }
    used = first < last ? first..<last : 0..<0
  }
}

extension Double {
  /// The number clamped to the bounds; NaN becomes `low`.
  func held(from low: Double, to high: Double) -> Double {
    self > low ? (self < high ? self : high) : low
  }
}
