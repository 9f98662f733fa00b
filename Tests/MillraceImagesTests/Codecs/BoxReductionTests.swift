import Testing

@testable import MillraceImages

/// The oracle: the mean of each square, rounded to the nearest level, with halves rounded up.
func naiveBoxReduction(_ image: Image, by factor: Int) -> Image {
  let channels = image.channels.rawValue
  let width = (image.width + factor - 1) / factor
  let height = (image.height + factor - 1) / factor
  var pixels: [UInt8] = []
  for y in 0..<height {
    for x in 0..<width {
      for channel in 0..<channels {
        var total = 0
        var count = 0
        for sourceY in y * factor..<min((y + 1) * factor, image.height) {
          for sourceX in x * factor..<min((x + 1) * factor, image.width) {
            total += Int(image.pixels[(sourceY * image.width + sourceX) * channels + channel])
            count += 1
          }
        }
        pixels.append(UInt8((total + count / 2) / count))
      }
    }
  }
  return Image(width: width, height: height, channels: image.channels, pixels: pixels)
}

struct BoxReductionTests {
  @Test(
    "each size, with squares that stick out, equals the naive mean", arguments: Channels.allCases, [2, 4, 8])
  func equalsNaive(channels: Channels, factor: Int) {
    var reduction = BoxReduction()
    for width in [1, 2, 7, 8, 9, 16, 37] {
      for height in [1, 3, 4, 8, 15, 17] {
        let pixels = (0..<width * height * channels.rawValue).map {
          UInt8(truncatingIfNeeded: $0 &* $0 &* 31 &+ $0)
        }
        let image = Image(width: width, height: height, channels: channels, pixels: pixels)
        let expected = naiveBoxReduction(image, by: factor)
        var out = [UInt8](repeating: 0, count: expected.pixels.count)
        image.withView { view in
          out.withUnsafeMutableBufferPointer { reduction.reduce(view, by: factor, into: $0.baseAddress!) }
        }
        #expect(out == expected.pixels, "\(width)×\(height)")
      }
    }
  }
}
