extension Image {
  /// The longest side of a ``thumbnail``, in pixels.
  public static let thumbnailSide = 128

  /// The image itself where it is small; otherwise the image reduced by a whole factor to at most ``thumbnailSide``
  /// pixels on a side, where each pixel is the mean of a square.
  public var thumbnail: Image {
    let factor = (max(width, height) + Self.thumbnailSide - 1) / Self.thumbnailSide
    guard factor > 1 else { return self }
    let columns = (width + factor - 1) / factor
    let rows = (height + factor - 1) / factor
    let depth = channels.rawValue
    var reduced = [UInt8](repeating: 0, count: columns * rows * depth)
    for row in 0..<rows {
      for column in 0..<columns {
        let ys = row * factor..<min(height, (row + 1) * factor)
        let xs = column * factor..<min(width, (column + 1) * factor)
        for channel in 0..<depth {
          var sum = 0
          for y in ys { for x in xs { sum += Int(pixels[(y * width + x) * depth + channel]) } }
          let count = ys.count * xs.count
          reduced[(row * columns + column) * depth + channel] = UInt8((sum + count / 2) / count)
        }
      }
    }
    return Image(width: columns, height: rows, channels: channels, pixels: reduced)
  }
}
