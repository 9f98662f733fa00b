/// The planes of one output image while it is being worked on: floats from 0 to 255, one plane for each channel.
public struct PixelPlanes {
  let base: UnsafeMutablePointer<Float>
  /// The number of pixels in a row.
  public let width: Int
  /// The number of rows.
  public let height: Int
  /// 1 (gray) or 3 (red, green, blue).
  public let channels: Int
  /// The fill of erased parts, one value for each channel.
  public let background: SIMD4<Float>
  /// Memory for operations that cannot work in place.
  let scratch: ScratchBuffer<Float>

  /// The number of values in a plane.
  public var planeSize: Int { width * height }
  var count: Int { channels * width * height }

  /// The values of a channel, row by row: the value of (x, y) is at y · width + x.
  public func plane(_ channel: Int) -> UnsafeMutablePointer<Float> { base + channel * planeSize }

  /// The mean of each channel; for a gray image, three times the same mean.
  public func means() -> SIMD3<Float> {
    var result = SIMD3<Float>.zero
    for channel in 0..<channels {
      let values = plane(channel)
      // The lanes are summed first, then the rows, so that the sums stay small enough to be exact to a hundredth of
      // a level.
      var total: Double = 0
      var i = 0
      while i < planeSize {
        let end = min(i + 1024, planeSize)
        var sum = SIMD4<Float>.zero
        while i + 4 <= end {
          sum += loadFloats(values + i)
          i += 4
        }
        var rest: Float = 0
        while i < end {
          rest += values[i]
          i += 1
        }
        total += Double(sum.sum() + rest)
      }
      result[channel] = Float(total / Double(planeSize))
    }
    return channels == 1 ? SIMD3(repeating: result[0]) : result
  }

  /// Applies an affine map of colours, then clamps each value to 0 ... 255, then scales it for the network.
  ///
  /// - Parameter output: The scale after the clamp: value · scale + offset for each channel.
  func apply(_ transform: ColorTransform, then output: ChannelScale) {
    let offset =
      transform.needsMean ? transform.offset + transform.mean * means() : transform.offset
    if channels == 1 {
      // A gray pixel is a colour whose channels are equal.
      applyGray(factor: transform.pixel.row(0).sum(), offset: offset.x, then: output)
    } else {
      applyColor(transform.pixel, offset: offset, then: output)
    }
  }

  private func applyGray(factor: Float, offset: Float, then output: ChannelScale) {
    let low = SIMD4<Float>.zero
    let high = SIMD4<Float>(repeating: 255)
    var i = 0
    while i + 4 <= planeSize {
      let value = (loadFloats(base + i) * factor + offset).held(from: low, to: high)
      storeFloats(value * output.scale[0] + output.offset[0], base + i)
      i += 4
    }
    while i < planeSize {
      base[i] = min(255, max(0, base[i] * factor + offset)) * output.scale[0] + output.offset[0]
      i += 1
    }
  }

  private func applyColor(_ matrix: ColorMatrix, offset: SIMD3<Float>, then output: ChannelScale) {
    let low = SIMD4<Float>.zero
    let high = SIMD4<Float>(repeating: 255)
    let (r, g, b) = (plane(0), plane(1), plane(2))
    var i = 0
    while i + 4 <= planeSize {
      let (red, green, blue) = (loadFloats(r + i), loadFloats(g + i), loadFloats(b + i))
      @inline(__always) func channel(_ k: Int) -> SIMD4<Float> {
        let value = red * matrix.red[k] + green * matrix.green[k] + blue * matrix.blue[k] + offset[k]
        return value.held(from: low, to: high) * output.scale[k] + output.offset[k]
      }
      storeFloats(channel(0), r + i)
      storeFloats(channel(1), g + i)
      storeFloats(channel(2), b + i)
      i += 4
    }
    while i < planeSize {
      let color = matrix * SIMD3(r[i], g[i], b[i]) + offset
      for k in 0..<3 {
        plane(k)[i] = min(255, max(0, color[k])) * output.scale[k] + output.offset[k]
      }
      i += 1
    }
  }

  /// Scales each value: value ← value · scale + offset.
  func scale(by output: ChannelScale) {
    for channel in 0..<channels {
      let values = plane(channel)
      let scale = output.scale[channel]
      let offset = output.offset[channel]
      var i = 0
      while i + 4 <= planeSize {
        storeFloats(loadFloats(values + i) * scale + offset, values + i)
        i += 4
      }
      while i < planeSize {
        values[i] = values[i] * scale + offset
        i += 1
      }
    }
  }
}

/// A factor and an offset for each channel.
struct ChannelScale: Hashable, Sendable {
  var scale = SIMD4<Float>(repeating: 1)
  var offset = SIMD4<Float>.zero

  static let identity = ChannelScale()

  init() {}

  /// The scale from 0 ... 255 to a network's inputs: v · 1/(255·s) − mean/s.
  init(_ normalization: Normalization) {
    for channel in normalization.mean.indices {
      scale[channel] = 1 / (255 * normalization.standardDeviation[channel])
      offset[channel] = -normalization.mean[channel] / normalization.standardDeviation[channel]
    }
  }
}
