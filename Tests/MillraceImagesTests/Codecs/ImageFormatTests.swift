import Testing

@testable import MillraceImages

struct ImageFormatTests {
  private func sniff(_ bytes: [UInt8]) -> ImageFormat? {
    bytes.withUnsafeBytes { ImageFormat(sniffing: $0) }
  }

  @Test("magic bytes decide")
  func magic() throws {
    #expect(sniff(try Fixture.bytes("444.jpg")) == .jpeg)
    #expect(sniff(try Fixture.bytes("gray-1.png")) == .png)
    #expect(sniff(try Fixture.bytes("lossy.webp")) == (WebPCodec.isAvailable ? .webp : nil))
    #expect(sniff(try Fixture.bytes("rgb-24.bmp")) == .bmp)
    #expect(sniff(Array("GIF89a".utf8)) == nil)
    #expect(sniff(Array("RIFF\u{24}".utf8)) == nil)
    #expect(sniff([]) == nil)
    #expect(sniff([0xFF, 0xD8]) == nil)
  }

  @Test("a text file and an empty file are told apart from images")
  func notImages() throws {
    #expect(try decodingError([]) == .empty)
    let text = Array("hello, world".utf8)
    let error = try #require(try decodingError(text))
    #expect(error == .notAnImage(start: Array(text.prefix(8))))
    #expect(error.description.contains("68 65 6C 6C"))
  }

  @Test("each format has a codec, endings of its own, and its number for ever")
  func registry() {
    let numbers = Dictionary(uniqueKeysWithValues: ImageCodecs.known.map { ($0.name, $0.format.number) })
    #expect(numbers == ["JPEG": 0, "PNG": 1, "WebP": 2, "BMP": 3])
    let endings = ImageCodecs.known.flatMap { $0.fileExtensions }
    #expect(Set(endings).count == endings.count)
    for codec in ImageCodecs.known {
      #expect(ImageFormat(number: codec.format.number) == codec.format && codec.format.name == codec.name)
    }
    #expect(ImageFormat(number: 4) == nil)
    #expect(ImageFormat.allCases.contains(.webp) == WebPCodec.isAvailable)
    #expect(
      ImageFormat.listInWords == (WebPCodec.isAvailable ? "JPEG, PNG, WebP or BMP" : "JPEG, PNG or BMP"))
  }
}
