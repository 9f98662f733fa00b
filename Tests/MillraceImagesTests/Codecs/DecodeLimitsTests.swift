import Testing

@testable import MillraceImages

struct DecodeLimitsTests {
  @Test("a JPEG of 65,500×65,500 pixels is refused by its header")
  func hugeJPEG() throws {
    var bytes = try Fixture.bytes("444.jpg")
    let frame = try #require(bytes.firstRange(of: [0xFF, 0xC0])).lowerBound
    bytes.replaceSubrange(frame + 5..<frame + 9, with: [0xFF, 0xDC, 0xFF, 0xDC])
    let error = try decodingError(bytes)
    let size = ImageSize(width: 65_500, height: 65_500)
    #expect(error == .tooManyPixels(.jpeg, size: size, limit: 100_000_000))
    #expect(String(describing: try #require(error)).contains("--max-pixels 4290250000"))
  }

  @Test("a PNG of 2³¹ − 1 pixels a side is refused by its header")
  func hugePNG() throws {
    let side = [UInt8](arrayLiteral: 0x7F, 0xFF, 0xFF, 0xFF)
    let header = pngChunk("IHDR", side + side + [8, 6, 0, 0, 0])
    let error = try decodingError(pngSignature + header + pngChunk("IDAT", [0x78, 0x9C]))
    let size = ImageSize(width: 0x7FFF_FFFF, height: 0x7FFF_FFFF)
    #expect(error == .tooManyPixels(.png, size: size, limit: 100_000_000))
  }

  @Test(
    "the limit counts pixels, and an image at the limit is decoded", arguments: ["444.jpg", "exif-6.png"])
  func pixelLimit(name: String) throws {
    let bytes = try Fixture.bytes(name)
    let size = name == "444.jpg" ? Fixture.jpegSize : Fixture.pngSize
    let pixels = size.width * size.height
    #expect(try decodingError(bytes, limits: DecodeLimits(maxPixels: pixels)) == nil)
    guard case .tooManyPixels = try decodingError(bytes, limits: DecodeLimits(maxPixels: pixels - 1)) else {
      Issue.record("expected tooManyPixels")
      return
    }
  }

  @Test(
    "a JPEG of 10,000 scans is refused", arguments: ["gray-two-progressive-scans.jpg", "420-three-scans.jpg"])
  func manyScans(name: String) throws {
    let bytes = try Fixture.bytes(name)
    let first = try #require(jpegScans(bytes).first)
    let scan = bytes[first]
    let bomb =
      Array(bytes[..<first.lowerBound]) + repeatElement(scan, count: 9_999).joined()
      + bytes[first.lowerBound...]
    #expect(try decodingError(bomb) == .tooManyScans(limit: 100))
    #expect(try decodingError(bytes, limits: DecodeLimits(maxScans: 1)) == .tooManyScans(limit: 1))
    #expect(try decodingError(bytes, limits: DecodeLimits(maxScans: 3)) == nil)
  }

  @Test("a chunk that claims a gigabyte costs nothing", arguments: ["iCCP", "zTXt", "abCd", "tRNS"])
  func claimedChunk(type: String) throws {
    let whole = try Fixture.bytes("rgb-8.png")
    let claim = [UInt8](arrayLiteral: 0x3F, 0xFF, 0xFF, 0xFF) + Array(type.utf8)
    let error = try decodingError(Array(whole[..<33]) + claim + whole[33...])
    #expect(error == .chunkTooLarge(chunk: type, bytes: 0x3FFF_FFFF, limit: 8_000_000))
    #expect(try #require(error).description.contains("--max-chunk-bytes"))
    // With a higher limit, data is only missing.
    let limits = DecodeLimits(maxChunkBytes: 1 << 40)
    guard case .truncated = try decodingError(Array(whole[..<33]) + claim + whole[33...], limits: limits)
    else {
      Issue.record("expected truncated")
      return
    }
  }

  @Test("chunks that are not needed are passed over, however large they would unpack")
  func passedOver() throws {
    let whole = try Fixture.bytes("rgb-8.png")
    // This is a compressed text with meaningless data: unpacking it would at least warn.
    let text = pngChunk("zTXt", Array("key".utf8) + [0, 0] + [UInt8](repeating: 0xAA, count: 1_000))
    let decoder = ImageDecoder()
    _ = try decoder.decodeCopy(Array(whole[..<33]) + text + whole[33...], channels: .rgb)
    #expect(decoder.lastReport.warnings == 0)
  }

  @Test("no number of warnings makes a file corrupt")
  func manyWarnings() throws {
    let whole = try Fixture.bytes("rgb-8.png")
    var chunk = pngChunk("tEXt", Array("a".utf8) + [0, 65])
    chunk[chunk.count - 1] ^= 1
    let decoder = ImageDecoder()
    func file(_ count: Int) -> [UInt8] {
      Array(whole[..<33]) + Array(repeatElement(chunk, count: count).joined()) + whole[33...]
    }
    let clean = try decoder.decodeCopy(whole, channels: .rgb)
    for count in [1, 100, 1_000] {
      #expect(try decoder.decodeCopy(file(count), channels: .rgb) == clean)
      #expect(decoder.lastReport.warnings == count)
    }
  }

  private let pngSignature: [UInt8] = [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]

  private func pngChunk(_ type: String, _ body: [UInt8]) -> [UInt8] {
    let content = Array(type.utf8) + body
    return bigEndian(UInt32(body.count)) + content + bigEndian(crc32(content))
  }

  private func bigEndian(_ value: UInt32) -> [UInt8] {
    [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: value >> $0) }
  }

  private func crc32(_ bytes: [UInt8]) -> UInt32 {
    ~bytes.reduce(~UInt32(0)) { crc, byte in
      (0..<8).reduce(crc ^ UInt32(byte)) { crc, _ in crc & 1 == 1 ? 0xEDB8_8320 ^ (crc >> 1) : crc >> 1 }
    }
  }
}
