import Testing

@testable import MillraceImages

struct ImageEncoderTests {
  static func image(_ channels: Channels, _ width: Int, _ height: Int) -> Image {
    let pixels = (0..<height).flatMap { y in
      (0..<width).flatMap { x in
        (0..<channels.rawValue).map { UInt8(truncatingIfNeeded: 40 + 2 * x + y * ($0 + 1)) }
      }
    }
    return Image(width: width, height: height, channels: channels, pixels: pixels)
  }

  @Test("PNG brings back every pixel", arguments: Channels.allCases, [1, 2, 31, 64])
  func png(channels: Channels, width: Int) throws {
    let image = Self.image(channels, width, 17)
    #expect(try ImageDecoder().decodeCopy(ImageEncoder.png(image), channels: channels) == image)
  }

  @Test("JPEG brings back smooth pixels closely", arguments: Channels.allCases, [1, 31, 64])
  func jpeg(channels: Channels, width: Int) throws {
    let image = Self.image(channels, width, 17)
    let decoded = try ImageDecoder().decodeCopy(try ImageEncoder.jpeg(image, quality: 97), channels: channels)
    #expect(try #require(decoded.maximumDifference(to: image)) <= 8)
  }

  @Test("less quality, fewer bytes")
  func quality() throws {
    let image = Self.image(.rgb, 64, 64)
    #expect(try ImageEncoder.jpeg(image, quality: 10).count < ImageEncoder.jpeg(image).count)
  }

  @Test("a JPEG side above 65,500 pixels is an error")
  func tooLarge() {
    let size = ImageSize(width: 65_501, height: 1)
    let image = Image(
      width: size.width, height: size.height, channels: .gray,
      pixels: [UInt8](repeating: 0, count: size.width))
    #expect(throws: ImageError.notEncodable(.jpeg, size: size, limit: 65_500)) {
      try ImageEncoder.jpeg(image)
    }
  }
}
