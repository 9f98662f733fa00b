/// Operations on the 256 levels of an 8-bit image, to which values are rounded first: so the results are those of
/// libraries for 8-bit images.
extension PixelPlanes {
  /// The level to which a value is rounded.
  @inline(__always)
  static func level(_ value: Float) -> Int {
    Int(min(255, max(0, value)) + 0.5)
  }

  /// Rounds the values of one channel, or of all, to levels and replaces each level by a formula.
  ///
  /// - Parameters:
  ///   - channel: The channel; nil: all.
  ///   - formula: Is called once for each level, in order.
  public func mapLevels(ofChannel channel: Int? = nil, _ formula: (Int) -> Float) {
    let table = scratch.reserve(512)
    for level in 0..<256 { table[level] = formula(level) }
    let values = plane(channel ?? 0)
    for i in 0..<(channel == nil ? count : planeSize) { values[i] = table[Self.level(values[i])] }
  }

  /// The number of pixels with each level in a channel: 256 whole numbers, valid until the scratch memory is
  /// reserved for more than ``mapLevels(ofChannel:_:)`` needs.
  func histogram(ofChannel channel: Int) -> UnsafePointer<Float> {
    // The histogram is after the table. Floats count exactly up to 2²⁴, the pixels of the largest image.
    let histogram = scratch.reserve(512) + 256
    histogram.update(repeating: 0, count: 256)
    let values = plane(channel)
    for i in 0..<planeSize { histogram[Self.level(values[i])] += 1 }
    return UnsafePointer(histogram)
  }
}
