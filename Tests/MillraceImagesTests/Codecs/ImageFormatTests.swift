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
    #expect(sniff(Array("GIF89a".utf8)) == nil)
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
}
