import Testing

@testable import MillraceImages

struct ImageDecoderReuseTests {
  @Test("a decoder gives the same pixels whatever it decoded before, failures too")
  func noMemory() throws {
    let files = [
      "420.jpg", "gray-1-interlaced.png", "cmyk.jpg", "12-bit.jpg", "rgba-16.png", "exif-5.jpg", "exif-7.png",
      "420-progressive.jpg", "palette-8.png", "gray.jpg",
    ]
    let reused = ImageDecoder(background: Fixture.background)
    for first in files {
      for second in files {
        _ = try? reused.decodeCopy(try Fixture.bytes(first).dropLast(20), channels: .rgb)
        _ = try? reused.decodeCopy(try Fixture.bytes(first), channels: .rgb)
        let fresh = ImageDecoder(background: Fixture.background)
        let bytes = try Fixture.bytes(second)
        let size = ImageSize(width: 8, height: 8)
        let expected = try? fresh.decodeCopy(bytes, channels: .gray, atLeast: size)
        #expect((try? reused.decodeCopy(bytes, channels: .gray, atLeast: size)) == expected)
        #expect((expected == nil) == (second == "12-bit.jpg"))
      }
    }
  }
}
