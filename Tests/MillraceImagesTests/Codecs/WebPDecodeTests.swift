import Testing

@testable import MillraceImages

/// These tests need a build with libwebp; without it WebP is a kind that errors name.
@Suite(.enabled(if: WebPCodec.isAvailable))
struct WebPDecodeTests {
  static let names = ["lossy", "lossless", "lossy-alpha", "lossless-alpha", "animated"]

  @Test(arguments: names) func `Each kind gives the expected RGB, to a level`(name: String) throws {
    let decoder = ImageDecoder(background: Fixture.background)
    let image = try decoder.decodeCopy(try Fixture.bytes(name + ".webp"), channels: .rgb)
    let expected = try Fixture.expected(name, Fixture.jpegSize)
    #expect(try #require(image.maximumDifference(to: expected)) <= 1)
    #expect(decoder.lastReport.warnings == 0 && decoder.lastReport.format == .webp)
    // Allowing cut files changes nothing for whole ones.
    let lenient = ImageDecoder(limits: DecodeLimits(allowTruncated: true), background: Fixture.background)
    #expect(try lenient.decodeCopy(try Fixture.bytes(name + ".webp"), channels: .rgb) == image)
    #expect(!lenient.lastReport.isTruncated)
  }

  @Test(arguments: names) func `Gray is the luma of what RGB shows`(name: String) throws {
    let decoder = ImageDecoder(background: Fixture.background)
    let bytes = try Fixture.bytes(name + ".webp")
    let color = try decoder.decodeCopy(bytes, channels: .rgb)
    #expect(try decoder.decodeCopy(bytes, channels: .gray) == color.luma)
  }

  @Test func `A turned picture comes out upright`() throws {
    let decoder = ImageDecoder()
    let bytes = try Fixture.bytes("exif-6.webp")
    let image = try decoder.decodeCopy(bytes, channels: .rgb)
    #expect(image == (try Fixture.expected("lossless", Fixture.jpegSize)))
    #expect(decoder.lastReport.orientation == .rotated90)
    let header = try bytes.withUnsafeBytes { try decoder.readHeader($0) }
    #expect(header.size == Fixture.jpegSize && header.orientation == .rotated90)
  }

  @Test func `The header says the size and whether there is alpha, of any prefix that has it`() throws {
    for name in Self.names {
      let bytes = try Fixture.bytes(name + ".webp")
      let header = try bytes.withUnsafeBytes { try ImageDecoder().readHeader($0) }
      #expect(header.size == Fixture.jpegSize && header.format == .webp, "\(name)")
      #expect(header.hasAlpha == (name.hasSuffix("alpha") || name == "animated"), "\(name)")
      for count in 0..<bytes.count {
        let found = try? Array(bytes.prefix(count)).withUnsafeBytes { try ImageDecoder().readHeader($0) }
        #expect(found == nil || found?.size == header.size)
      }
    }
  }

  @Test(arguments: names) func `Every prefix of a file is an error`(name: String) throws {
    let whole = try Fixture.bytes(name + ".webp")
    for count in 1..<whole.count {
      switch try decodingError(Array(whole.prefix(count))) {
      case .truncated: break
      case .notAnImage where count < 12: break
      case let error: Issue.record("\(count) bytes of \(name): \(error.map { "\($0)" } ?? "no error")")
      }
    }
  }

  @Test(arguments: names) func `A cut file shows what is there where that is allowed`(name: String) throws {
    let whole = try Fixture.bytes(name + ".webp")
    let decoder = ImageDecoder(limits: DecodeLimits(allowTruncated: true))
    let complete = try decoder.decodeCopy(whole, channels: .rgb)
    var shown = 0
    for count in 12..<whole.count {
      guard let cut = try? decoder.decodeCopy(Array(whole.prefix(count)), channels: .rgb) else { continue }
      shown += 1
      #expect(decoder.lastReport.isTruncated && decoder.lastReport.warnings > 0)
      #expect((cut.width, cut.height) == (complete.width, complete.height))
    }
    // Nothing of a cut animation is shown.
    #expect((shown > 0) == (name != "animated"))
  }

  @Test(arguments: names) func `The limit on pixels is kept before memory is taken`(name: String) throws {
    let bytes = try Fixture.bytes(name + ".webp")
    let pixels = Fixture.jpegSize.width * Fixture.jpegSize.height
    #expect(try decodingError(bytes, limits: DecodeLimits(maxPixels: pixels)) == nil)
    #expect(
      try decodingError(bytes, limits: DecodeLimits(maxPixels: pixels - 1))
        == .tooManyPixels(.webp, size: Fixture.jpegSize, limit: pixels - 1))
  }

  @Test func `A canvas that claims sixteen thousand million pixels costs nothing`() throws {
    var bytes = try Fixture.bytes("animated.webp")
    let start = try #require(bytes.firstRange(of: Array("VP8X".utf8))).lowerBound + 12
    bytes.replaceSubrange(start..<start + 6, with: [0xFF, 0xFF, 0, 0xFE, 0xFF, 0])
    let side = ImageSize(width: 65_536, height: 65_535)
    #expect(try decodingError(bytes) == .tooManyPixels(.webp, size: side, limit: 100_000_000))
  }

  @Test func `Damage is an error or another picture, and never more`() throws {
    for name in Self.names {
      let whole = try Fixture.bytes(name + ".webp")
      let decoder = ImageDecoder()
      for place in whole.indices {
        var bytes = whole
        bytes[place] ^= 1 << UInt8(place % 8)
        if let image = try? decoder.decodeCopy(bytes, channels: .rgb) { #expect(image.pixels.count > 0) }
      }
      #expect(try decoder.decodeCopy(whole, channels: .rgb).pixels.count == 48 * 32 * 3)
    }
  }

  @Test func `A large picture is reduced by box average`() throws {
    let decoder = ImageDecoder()
    let bytes = try Fixture.bytes("lossless.webp")
    let whole = try Fixture.expected("lossless", Fixture.jpegSize)
    let half = try decoder.decodeCopy(bytes, channels: .rgb, atLeast: ImageSize(width: 24, height: 16))
    #expect(decoder.lastReport.reduction == 2 && half == naiveBoxReduction(whole, by: 2))
  }
}
