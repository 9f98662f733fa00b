/// The part of the source that fills the output, or a box around the source, in source pixels: 0 is the left edge
/// of the first pixel.
struct SourceWindow: Hashable, Sendable {
  var x: Double
  var y: Double
  var width: Double
  var height: Double

  /// The whole image.
  init(of source: ImageSize) {
    self.init(x: 0, y: 0, width: Double(source.width), height: Double(source.height))
  }

  init(x: Double, y: Double, width: Double, height: Double) {
    self.x = x
    self.y = y
    self.width = width
    self.height = height
  }

  /// The largest centred box of the output's shape: resize to cover, then crop the centre.
  static func covering(_ output: ImageSize, of source: ImageSize) -> Self {
    let whole = Self(of: source)
    let aspect = Double(output.width) / Double(output.height)
    // The shapes are compared in whole numbers, so that a source of the output's shape is used to its last pixel.
    return source.width * output.height >= source.height * output.width
      ? whole.placed(width: min(whole.height * aspect, whole.width), height: whole.height, x: 0.5, y: 0.5)
      : whole.placed(width: whole.width, height: min(whole.width / aspect, whole.height), x: 0.5, y: 0.5)
  }

  /// The smallest box of the output's shape around the whole picture: resize to fit, then pad.
  static func containing(_ output: ImageSize, of source: ImageSize) -> Self {
    let whole = Self(of: source)
    let aspect = Double(output.width) / Double(output.height)
    return source.width * output.height >= source.height * output.width
      ? whole.placed(width: whole.width, height: max(whole.width / aspect, whole.height), x: 0.5, y: 0.5)
      : whole.placed(width: max(whole.height * aspect, whole.width), height: whole.height, x: 0.5, y: 0.5)
  }

  /// A box inside this one.
  ///
  /// - Parameters:
  ///   - area: The box's share of this window's area; a box that would reach outside shrinks until it fits.
  ///   - aspect: The box's width over its height.
  ///   - x: The box's place in the free room, from 0 (left) to 1 (right).
  ///   - y: The box's place from 0 (top) to 1 (bottom).
  func box(area: Double, aspect: Double, x u: Double, y v: Double) -> Self {
    let pixels = area * width * height
    let freeWidth = (pixels * aspect).squareRoot()
    let freeHeight = (pixels / aspect).squareRoot()
    if freeWidth / width >= freeHeight / height {
      let w = min(freeWidth, width)
      return placed(width: w, height: min(w / aspect, height), x: u, y: v)
    }
    let h = min(freeHeight, height)
    return placed(width: min(h * aspect, width), height: h, x: u, y: v)
  }

  /// The same part of the picture in the pixels to which it was decoded.
  func on(_ grid: PixelGrid) -> Self {
    let scale = 1 / Double(grid.reduction)
    return Self(
      x: (x - Double(grid.originX)) * scale, y: (y - Double(grid.originY)) * scale, width: width * scale,
      height: height * scale)
  }

  private func placed(width w: Double, height h: Double, x u: Double, y v: Double) -> Self {
    Self(x: x + (width - w) * u, y: y + (height - h) * v, width: w, height: h)
  }

  /// The map from output pixels about the output's centre to source pixels, where the centre of the first pixel is
  /// (0, 0).
  func map(output: ImageSize) -> ProjectiveMap {
    ProjectiveMap(
      a: width / Double(output.width), c: x + width / 2 - 0.5,
      e: height / Double(output.height), f: y + height / 2 - 0.5)
  }
}
