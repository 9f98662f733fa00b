import Testing

@testable import MillraceImages

struct PNGDecodeTests {
  static let names: [String] =
    [1, 2, 4, 8].flatMap { depth in
      ["gray-\(depth)", "gray-\(depth)-interlaced", "gray-\(depth)-trns"]
        + ["palette-\(depth)", "palette-\(depth)-trns-interlaced"]
    } + [
      "gray-16", "gray-alpha-8", "gray-alpha-16-interlaced", "rgb-8", "rgb-8-interlaced", "rgb-8-trns",
      "rgb-16",
      "rgb-16-trns", "rgba-8", "rgba-8-interlaced", "rgba-16",
    ]

  @Test("every color type, depth and interlace gives exactly the expected RGB", arguments: names)
  func exactRGB(name: String) throws {
    let decoder = ImageDecoder(background: Fixture.background)
    let image = try decoder.decodeCopy(try Fixture.bytes(name + ".png"), channels: .rgb)
    #expect(image == (try Fixture.expected(name, Fixture.pngSize)))
    #expect(decoder.lastReport.warnings == 0)
  }

  @Test("gray is the luma of what RGB shows", arguments: names)
  func exactGray(name: String) throws {
    let decoder = ImageDecoder(background: Fixture.background)
    let image = try decoder.decodeCopy(try Fixture.bytes(name + ".png"), channels: .gray)
    let expected = try Fixture.expected(name, Fixture.pngSize).luma
    // A gray value under an alpha may be rounded once less than its three colours.
    #expect(try #require(image.maximumDifference(to: expected)) <= (name.contains("gray-alpha") ? 1 : 0))
  }

  @Test("the eight orientations of eXIf come out upright", arguments: 1...8)
  func orientations(value: Int) throws {
    let decoder = ImageDecoder()
    let bytes = try Fixture.bytes("exif-\(value).png")
    #expect(
      try decoder.decodeCopy(bytes, channels: .rgb) == (try Fixture.expected("rgb-8", Fixture.pngSize)))
    #expect(decoder.lastReport.orientation.rawValue == UInt8(value))
    #expect(decoder.lastReport.originalSize == Fixture.pngSize)
  }

  @Test("an eXIf chunk with a wrong checksum is ignored")
  func brokenExif() throws {
    var bytes = try Fixture.bytes("exif-6.png")
    let exif = try #require(bytes.firstRange(of: Array("eXIf".utf8)))
    // The value of the orientation changes from 6 to 3.
    let value = try #require(
      bytes[exif.upperBound...].firstRange(of: [0x01, 0x12, 0, 3, 0, 0, 0, 1, 0, 6]) ?? nil)
    bytes[value.upperBound - 1] = 3
    let decoder = ImageDecoder()
    let image = try decoder.decodeCopy(bytes, channels: .rgb)
    #expect(decoder.lastReport.orientation == .upright)
    #expect(ImageSize(width: image.width, height: image.height) == ImageSize(width: 17, height: 19))
  }

  @Test("reduction is by box average and keeps at least the size asked for")
  func reduction() throws {
    let decoder = ImageDecoder()
    let bytes = try Fixture.bytes("rgb-8.png")
    let whole = try Fixture.expected("rgb-8", Fixture.pngSize)
    for (width, height, factor) in [(10, 9, 2), (11, 9, 1), (10, 10, 1), (5, 5, 4), (3, 3, 8), (1, 1, 8)] {
      let image = try decoder.decodeCopy(
        bytes, channels: .rgb, atLeast: ImageSize(width: width, height: height))
      #expect(decoder.lastReport.reduction == factor, "at least \(width)×\(height)")
      #expect(decoder.lastReport.originalSize == Fixture.pngSize)
      #expect(image == (factor == 1 ? whole : naiveBoxReduction(whole, by: factor)))
    }
  }

  @Test("a huge image that is asked for stays whole when it is smaller than asked")
  func smallerThanAsked() throws {
    let decoder = ImageDecoder()
    let size = ImageSize(width: 1000, height: 1000)
    let image = try decoder.decodeCopy(try Fixture.bytes("rgb-8.png"), channels: .rgb, atLeast: size)
    #expect(image.width == Fixture.pngSize.width)
  }
}
