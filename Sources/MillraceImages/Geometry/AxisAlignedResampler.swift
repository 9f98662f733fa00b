/// Resamples where rows stay rows and columns stay columns: for resizing, cropping, shifting and mirroring.
///
/// The filter is separable: each output row first blends source rows, straight from the bytes, and then its own
/// columns. It is the triangle of ``AxisTaps``.
final class AxisAlignedResampler {
  private let rows = AxisTaps()
  private let columns = AxisTaps()
  private let rowBuffer = ScratchBuffer<Float>()
  private let pixelBuffer = ScratchBuffer<Float>()

  /// Fills planes of `output.height × output.width` values from 0 to 255, one for each channel.
  ///
  /// - Parameters:
  ///   - picture: The place of the picture in the image.
  ///   - map: The map from output pixel indices to source pixel indices.
  ///   - background: The colour of a constant border, one value for each channel.
  func resample(
    _ image: ImageView, picture: SourceWindow, map: ProjectiveMap, output: ImageSize, border: BorderMode,
    background: SIMD4<Float>, into planes: UnsafeMutablePointer<Float>
  ) {
    let axes = picture.axes(of: image)
    columns.compute(scale: map.a, offset: map.c, outputCount: output.width, source: axes.x, border: border)
    rows.compute(scale: map.e, offset: map.f, outputCount: output.height, source: axes.y, border: border)

    let channels = image.channels.rawValue
    let span = columns.used.count * channels
    // There is room for four more values, because a pixel of three channels is read as four values.
    let blended = rowBuffer.reserve(span + 4)
    let area = output.width * output.height
    let corner = image.base + columns.used.lowerBound * channels
    for y in 0..<output.height {
      blendRows(
        corner, rowStride: image.width * channels, tap: rows.taps[y], weights: rows.weights + y * rows.stride,
        count: span, into: blended)
      if rows.taps[y].border > 0 {
        addBorder(background * rows.taps[y].border, channels: channels, to: blended, count: span)
      }
      let target = planes + y * output.width
      if channels == 1 {
        blendGrayColumns(blended, width: output.width, background: background[0], into: target)
      } else {
        blendColorColumns(
          blended, width: output.width, background: background, into: target, planeSize: area)
      }
    }
  }

  /// blended[i] = Σ weight · row[i] over the tap's rows.
  private func blendRows(
    _ corner: UnsafePointer<UInt8>, rowStride: Int, tap: AxisTaps.Tap, weights: UnsafePointer<Float>,
    count: Int, into blended: UnsafeMutablePointer<Float>
  ) {
    let first = corner + Int(tap.start) * rowStride
    let taps = Int(tap.count)
    var i = 0
    while i &+ 16 <= count {
      var sums = (SIMD4<Float>.zero, SIMD4<Float>.zero, SIMD4<Float>.zero, SIMD4<Float>.zero)
      var row = first + i
      for k in 0..<taps {
        let weight = weights[k]
        sums.0 += weight * loadBytes(row)
        sums.1 += weight * loadBytes(row + 4)
        sums.2 += weight * loadBytes(row + 8)
        sums.3 += weight * loadBytes(row + 12)
        row += rowStride
      }
      storeFloats(sums.0, blended + i)
      storeFloats(sums.1, blended + (i &+ 4))
      storeFloats(sums.2, blended + (i &+ 8))
      storeFloats(sums.3, blended + (i &+ 12))
      i &+= 16
    }
    while i < count {
      var sum: Float = 0
      for k in 0..<taps { sum += weights[k] * Float(first[k * rowStride + i]) }
      blended[i] = sum
      i += 1
    }
  }

  private func addBorder(
    _ color: SIMD4<Float>, channels: Int, to blended: UnsafeMutablePointer<Float>, count: Int
  ) {
    for channel in 0..<channels {
      for i in stride(from: channel, to: count, by: channels) { blended[i] += color[channel] }
    }
  }

  private func blendGrayColumns(
    _ blended: UnsafePointer<Float>, width: Int, background: Float, into target: UnsafeMutablePointer<Float>
  ) {
    let origin = columns.used.lowerBound
    let taps = columns.taps
    if columns.shift == 1 {
      target.update(from: blended + (Int(taps[0].start) - origin), count: width)
    } else if columns.shift == -1 {
      let last = Int(taps[0].start) - origin
      for x in 0..<width { target[x] = blended[last - x] }
    } else {
      for x in 0..<width {
        let tap = taps[x]
        let weights = columns.weights + x * columns.stride
        let pixels = blended + (tap.count > 0 ? Int(tap.start) - origin : 0)
        var sum = tap.border * background
        for k in 0..<Int(tap.count) { sum += weights[k] * pixels[k] }
        target[x] = sum
      }
    }
  }

  private func blendColorColumns(
    _ blended: UnsafePointer<Float>, width: Int, background: SIMD4<Float>,
    into target: UnsafeMutablePointer<Float>, planeSize: Int
  ) {
    let origin = columns.used.lowerBound
    let pixels = pixelBuffer.reserve(4 * (width + 3))
    var weights = UnsafePointer(columns.weights)
    for x in 0..<width {
      let tap = columns.taps[x]
      var sum = tap.border * background
      var pixel = blended + (tap.count > 0 ? 3 &* (Int(tap.start) &- origin) : 0)
      for k in 0..<Int(tap.count) {
        sum += weights[k] * loadFloats(pixel)
        pixel += 3
      }
      storeFloats(sum, pixels + 4 &* x)
      weights += columns.stride
    }
    scatterPixels(pixels, count: width, into: target, planeSize: planeSize)
  }
}
