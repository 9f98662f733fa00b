public import MillraceImages

/// What of a picture spoke for the class that a model takes it for.
///
/// Squares of the picture are covered with its mean colour, one after another. What a square speaks for is how much less the
/// model then prefers the class to the likeliest other one, in logarithms of probabilities. Only predictions are asked for,
/// so it holds for any network, and for several.
/// Source: Zeiler, Fergus, "Visualizing and understanding convolutional networks", 2014, section 4.2.
public struct Explanation: Sendable {
  /// The class that is explained: the most probable one.
  public let className: String
  /// The picture as the network sees it.
  public let picture: Image
  /// (height, width): how much each pixel spoke for the class where it is above 0, against it where it is below.
  public let relevance: [Float]
  /// The class's probability, or what else the output is.
  public let probability: Float
  /// What it is where the marked part is covered with the mean colour: the tenth of the pixels that spoke most for it.
  public let coveredProbability: Float
  /// What it is where the same shape is covered elsewhere, moved by half the picture: the mean of three places.
  public let elsewhereProbability: Float

  /// The share of the pixels that are marked.
  static let markedShare = 0.1

  /// Whether each pixel belongs to the marked part.
  static func marked(_ relevance: [Float]) -> [Bool] {
    let count = max(1, Int(Double(relevance.count) * markedShare))
    let order = relevance.indices.sorted { (relevance[$1], $0) < (relevance[$0], $1) }
    var marked = [Bool](repeating: false, count: relevance.count)
    for pixel in order.prefix(count) { marked[pixel] = true }
    return marked
  }
}

extension Explanation {
  /// The picture, and beside it the same in gray with what spoke for the class in red and what spoke against it in blue, the
  /// stronger the more it did; enlarged so that single pixels can be seen.
  public var image: Image {
    let (width, height) = (picture.width, picture.height)
    let factor = max(1, (Self.smallestSide + max(width, height) - 1) / max(width, height))
    let strongest = relevance.reduce(Float.leastNormalMagnitude) { max($0, abs($1)) }
    let (wide, high, gap) = (width * factor, height * factor, Self.gap)
    let total = 2 * wide + gap
    var pixels = [UInt8](repeating: 255, count: total * high * 3)
    for y in 0..<high {
      for x in 0..<wide {
        let color = color(x / factor, y / factor)
        let place = (y * total + x) * 3
        let level = 0.299 * color.x + 0.587 * color.y + 0.114 * color.z
        let weight =
          smooth((Float(x) + 0.5) / Float(factor) - 0.5, (Float(y) + 0.5) / Float(factor) - 0.5) / strongest
        let share = Self.deepest * abs(weight)
        let tinted =
          SIMD3(repeating: level) * (1 - share) + (weight > 0 ? Self.speaksFor : Self.speaksAgainst) * share
        for channel in 0..<3 {
          pixels[place + channel] = UInt8(max(0, min(255, color[channel].rounded())))
          pixels[place + (wide + gap) * 3 + channel] = UInt8(max(0, min(255, tinted[channel].rounded())))
        }
      }
    }
    return Image(width: total, height: high, channels: .rgb, pixels: pixels)
  }

  /// A picture's longer side has at least so many pixels, by a whole factor.
  private static let smallestSide = 256
  private static let gap = 8
  private static let deepest: Float = 0.85
  private static let speaksFor = SIMD3<Float>(225, 30, 30)
  private static let speaksAgainst = SIMD3<Float>(30, 80, 230)

  private func color(_ x: Int, _ y: Int) -> SIMD3<Float> {
    let depth = picture.channels.rawValue
    let place = (y * picture.width + x) * depth
    return SIMD3(
      Float(picture.pixels[place]), Float(picture.pixels[place + depth / 2]),
      Float(picture.pixels[place + depth - 1]))
  }

  /// The relevance between pixels, linearly.
  private func smooth(_ x: Float, _ y: Float) -> Float {
    func place(_ value: Float, _ count: Int) -> (Int, Int, Float) {
      let low = max(0, min(count - 1, Int(value.rounded(.down))))
      return (low, min(count - 1, low + 1), max(0, min(1, value - Float(low))))
    }
    let (left, right, across) = place(x, picture.width)
    let (top, bottom, down) = place(y, picture.height)
    func row(_ y: Int) -> Float {
      relevance[y * picture.width + left] * (1 - across) + relevance[y * picture.width + right] * across
    }
    return row(top) * (1 - down) + row(bottom) * down
  }
}
