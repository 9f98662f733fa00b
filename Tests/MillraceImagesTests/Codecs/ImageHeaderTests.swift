import Testing

@testable import MillraceImages

struct ImageHeaderTests {
  private func header(_ name: String) throws -> ImageHeader {
    try Fixture.bytes(name).withUnsafeBytes { try ImageDecoder().readHeader($0) }
  }

  @Test("the header tells what is odd about an image")
  func fields() throws {
    let turned = try header("exif-6.jpg")
    #expect(turned.size == Fixture.jpegSize)
    #expect(turned.storedSize == ImageSize(width: 32, height: 48))
    #expect(turned.orientation == .rotated90)
    #expect(try header("exif-8.png").size == Fixture.pngSize)
    #expect(try header("cmyk.jpg").colorModel == .cmyk)
    #expect(try header("ycck.jpg").colorModel == .cmyk)
    #expect(try header("gray.jpg").colorModel == .gray)
    #expect(try header("palette-4.png").colorModel == .palette)
    #expect(try header("12-bit.jpg").bitDepth == 12)
    #expect(try header("rgb-16.png").bitDepth == 16)
    #expect(try header("420-progressive-arithmetic.jpg").isProgressive)
    #expect(try header("rgb-8-interlaced.png").isProgressive)
    #expect(try !header("420.jpg").isProgressive)
    for name in ["rgba-8", "gray-alpha-8", "rgb-8-trns", "palette-2-trns-interlaced"] {
      #expect(try header(name + ".png").hasAlpha, "\(name)")
    }
    #expect(try !header("palette-2.png").hasAlpha)
  }

  @Test("every prefix either has the whole header or is an error", arguments: ["420.jpg", "rgb-8.png"])
  func prefixes(name: String) throws {
    let whole = try Fixture.bytes(name)
    let complete = try header(name)
    for count in 0..<whole.count {
      let found = try? Array(whole.prefix(count)).withUnsafeBytes { try ImageDecoder().readHeader($0) }
      #expect(found == nil || found == complete)
    }
  }
}
