/// One axis of an image: pixels of length 1 that begin at 0, and the picture's edges among them.
///
/// The first and the last pixel may reach beyond the picture. They show the mean of their part on the picture, so
/// their centre is that of this part.
struct PixelAxis: Hashable, Sendable {
  /// The number of pixels.
  let count: Int
  /// The picture's edges: `low` in the first pixel, `high` in the last.
  let low: Double
  let high: Double

  /// Makes an axis.
  ///
  /// - Parameters:
  ///   - start: The beginning of the picture, clamped to the first pixel.
  ///   - length: The picture's length, clamped to the pixels that exist.
  init(count: Int, start: Double, length: Double) {
    self.count = count
    low = start.held(from: 0, to: 1)
    high = (start + length).held(from: Double(count) - 1, to: Double(count))
  }

  /// The same picture in larger pixels, each as long as `factor` of these, counted from 0.
  func reduced(by factor: Int) -> Self {
    let scale = 1 / Double(factor)
    return Self(
      count: (count + factor - 1) / factor, start: low * scale, length: high * scale - low * scale)
  }

  /// The centre of what a pixel shows. Beyond the image, pixels continue in steps of 1 from the picture's edges.
  func center(of pixel: Int) -> Double {
    if pixel < 0 { return low + Double(pixel) + 0.5 }
    if pixel >= count { return high + Double(pixel - count) + 0.5 }
    return (max(low, Double(pixel)) + min(high, Double(pixel + 1))) / 2
  }

  /// The centres of the first and the last pixel.
  var centers: ClosedRange<Double> { center(of: 0)...center(of: count - 1) }

  /// The correction that extrapolates the value of a pixel which reaches beyond the picture to the centre that it
  /// would have if it were whole: `excess` times its difference from the neighbour. Nil for a whole pixel, and for
  /// a single one.
  func line(through pixel: Int) -> (neighbour: Int, excess: Float)? {
    let center = center(of: pixel)
    let whole = Double(pixel) + 0.5
    guard center != whole, count > 1 else { return nil }
    let neighbour = center > whole ? pixel + 1 : pixel - 1
    return (neighbour, Float((whole - center) / (center - self.center(of: neighbour))))
  }

  /// The share of a pixel that is on the picture, above 0 and at most 1; 1 beyond the image.
  func share(of pixel: Int) -> Double {
    pixel < 0 || pixel >= count ? 1 : min(high, Double(pixel + 1)) - max(low, Double(pixel))
  }
}

extension SourceWindow {
  /// Both axes of an image with this picture.
  func axes(of image: ImageView) -> (x: PixelAxis, y: PixelAxis) {
    (
      PixelAxis(count: image.width, start: x, length: width),
      PixelAxis(count: image.height, start: y, length: height)
    )
  }
}
