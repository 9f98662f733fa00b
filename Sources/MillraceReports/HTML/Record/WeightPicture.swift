import MillraceImages
import MillraceTraining

extension FirstLayerWeights {
  /// A unit's weights as a picture. For gray images positive weights are red, negative ones blue and zero white;
  /// for coloured images each channel is the weight of that colour, and zero is middle gray. The unit's largest
  /// magnitude has the full colour; a weight that is not finite is shown as zero.
  func picture(of unit: Int) -> Image {
    let weights = units[unit]
    let largest = weights.reduce(0) { max($0, $1.magnitude) }
    // This divides and does not multiply, since the inverse of a subnormal number is infinite.
    func share(_ weight: Float) -> Float {
      let value = weight / largest
      return value.isFinite ? min(1, max(-1, value)) : 0
    }
    let area = size.width * size.height
    var pixels = [UInt8](repeating: 0, count: area * 3)
    for i in 0..<area {
      switch channels {
      case .gray:
        let value = share(weights[i])
        let faded = UInt8((255 * (1 - value.magnitude)).rounded())
        pixels[3 * i] = value >= 0 ? 255 : faded
        pixels[3 * i + 1] = faded
        pixels[3 * i + 2] = value > 0 ? faded : 255
      case .rgb:
        for channel in 0..<3 {
          pixels[3 * i + channel] = UInt8((127.5 + 127.5 * share(weights[channel * area + i])).rounded())
        }
      }
    }
    return Image(width: size.width, height: size.height, channels: .rgb, pixels: pixels).thumbnail
  }

  /// The correlation of horizontally neighbouring weights, over all units; nil for pictures one pixel wide, and for windows
  /// of a convolution, which have too few neighbours.
  var smoothness: Double? {
    guard size.width > 1, !areWindows else { return nil }
    var (products, squares) = (0.0, 0.0)
    for unit in units {
      for row in stride(from: 0, to: unit.count, by: size.width) {
        for i in row..<row + size.width - 1 {
          let (a, b) = (Double(unit[i]), Double(unit[i + 1]))
          products += a * b
          squares += (a * a + b * b) / 2
        }
      }
    }
    let share = products / squares
    return share.isFinite ? share : nil
  }
}
