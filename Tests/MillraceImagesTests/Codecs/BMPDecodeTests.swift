import Testing

@testable import MillraceImages

struct BMPDecodeTests {
  static let names = [
    "rgb-24", "indexed-8", "indexed-4", "indexed-1-core", "rgb-16-masks", "rgb-16-top-down", "rgba-32",
  ]

  @Test(arguments: names) func `Each kind gives Pillow's RGB, to a level`(name: String) throws {
    let decoder = ImageDecoder(background: Fixture.background)
    let bytes = try Fixture.bytes(name + ".bmp")
    let image = try decoder.decodeCopy(bytes, channels: .rgb)
    #expect(try #require(image.maximumDifference(to: try Fixture.expected(name, Fixture.jpegSize))) <= 1)
    #expect(decoder.lastReport.warnings == 0 && decoder.lastReport.format == .bmp)
    #expect(try decoder.decodeCopy(bytes, channels: .gray) == image.luma)
    let lenient = ImageDecoder(limits: DecodeLimits(allowTruncated: true), background: Fixture.background)
    #expect(try lenient.decodeCopy(bytes, channels: .rgb) == image && !lenient.lastReport.isTruncated)
    let half = try decoder.decodeCopy(bytes, channels: .rgb, atLeast: ImageSize(width: 24, height: 16))
    #expect(decoder.lastReport.reduction == 2 && half == naiveBoxReduction(image, by: 2))
  }

  @Test func `The header says the size and whether there is alpha, of any prefix that has it`() throws {
    for name in Self.names {
      let bytes = try Fixture.bytes(name + ".bmp")
      let header = try bytes.withUnsafeBytes { try ImageDecoder().readHeader($0) }
      #expect(
        header.size == Fixture.jpegSize && header.format == .bmp && header.hasAlpha == (name == "rgba-32"))
      #expect((header.colorModel == .palette) == name.hasPrefix("indexed"), "\(name)")
      for count in 0..<min(200, bytes.count) {
        let found = try? Array(bytes.prefix(count)).withUnsafeBytes { try ImageDecoder().readHeader($0) }
        #expect(found == nil || found?.size == header.size)
      }
    }
  }

  @Test(arguments: names)
  func `Every prefix of a file is an error, and shows what is there where that is allowed`(
    name: String
  ) throws {
    let whole = try Fixture.bytes(name + ".bmp")
    let complete = try ImageDecoder().decodeCopy(whole, channels: .rgb)
    let lenient = ImageDecoder(limits: DecodeLimits(allowTruncated: true))
    // What fills the last row up to whole words may be missing.
    let padding = name == "indexed-1-core" ? 2 : 0
    for count in 1..<whole.count - padding {
      let cut = Array(whole.prefix(count))
      switch try decodingError(cut) {
      case .truncated: break
      case .notAnImage where count < 18, .foreign where count < 18: break
      case let error: Issue.record("\(count) bytes of \(name): \(error.map { "\($0)" } ?? "no error")")
      }
      guard let shown = try? lenient.decodeCopy(cut, channels: .rgb) else { continue }
      #expect(lenient.lastReport.isTruncated && shown.width == complete.width)
    }
    // The rows that are there are those of the whole picture: the last ones, for the first row is the last.
    let half = try lenient.decodeCopy(Array(whole.dropLast(whole.count / 3)), channels: .rgb)
    let row = 3 * complete.width
    if name.hasSuffix("top-down") {
      #expect(half.pixels.prefix(10 * row) == complete.pixels.prefix(10 * row))
      #expect(half.pixels.suffix(row).allSatisfy { $0 == 0 })
    } else {
      #expect(half.pixels.suffix(10 * row) == complete.pixels.suffix(10 * row))
      #expect(half.pixels.prefix(row).allSatisfy { $0 == 0 })
    }
    for count in 0..<padding { #expect(try decodingError(Array(whole.dropLast(count))) == nil) }
  }

  /// A file with a number of four bytes changed.
  private func changed(_ name: String, at offset: Int, to value: Int32) throws -> [UInt8] {
    var bytes = try Fixture.bytes(name + ".bmp")
    for place in 0..<4 { bytes[offset + place] = UInt8(truncatingIfNeeded: value >> Int32(8 * place)) }
    return bytes
  }

  @Test func `The limit on pixels is kept before memory is taken`() throws {
    let bytes = try Fixture.bytes("rgb-24.bmp")
    let pixels = Fixture.jpegSize.width * Fixture.jpegSize.height
    #expect(try decodingError(bytes, limits: DecodeLimits(maxPixels: pixels)) == nil)
    #expect(
      try decodingError(bytes, limits: DecodeLimits(maxPixels: pixels - 1))
        == .tooManyPixels(.bmp, size: Fixture.jpegSize, limit: pixels - 1))
    let huge = try changed("rgb-24", at: 18, to: .max)
    #expect(
      try decodingError(huge)
        == .tooManyPixels(.bmp, size: ImageSize(width: Int(Int32.max), height: 32), limit: 100_000_000))
    // The least number there is has no opposite of its size.
    let lowest = try changed("rgb-24", at: 22, to: .min)
    #expect(
      try decodingError(lowest)
        == .tooManyPixels(.bmp, size: ImageSize(width: 48, height: 1 << 31), limit: 100_000_000))
  }

  @Test(arguments: [
    (18, 0, "corrupt BMP: it has no pixels"), (18, -3, "corrupt BMP: its width is below zero"),
    (28, 8 | 1 << 16, "unsupported BMP: it is run-length encoded"),
    (30, 4, "unsupported BMP: it has a compression that is not known"),
    (30, 3, "corrupt BMP: its colors have masks, and too few bits for them"),
    (28, 7, "unsupported BMP: it has an unknown number of bits a pixel"),
    (14, 41 + 1024, "is a BMP image of an unknown kind"), (14, 11, "is a BMP image of an unknown kind"),
  ])
  func `What is not decoded is said`(offset: Int, value: Int, words: String) throws {
    let error = try #require(try decodingError(try changed("rgb-24", at: offset, to: Int32(value))))
    #expect(error.description.contains(words), "\(error)")
  }

  @Test func `Masks with gaps, or of no bits, are refused`() throws {
    #expect(
      try decodingError(try changed("rgb-16-masks", at: 54, to: 0x5A00))?.description.contains("side by side")
        == true)
    #expect(
      try decodingError(try changed("rgb-16-masks", at: 58, to: 0))?.description.contains("no bits") == true)
  }

  @Test func `Damage is an error or another picture, and never more`() throws {
    for name in Self.names {
      let whole = try Fixture.bytes(name + ".bmp")
      let decoder = ImageDecoder()
      for place in 0..<min(400, whole.count) {
        for bit in 0..<8 {
          var bytes = whole
          bytes[place] ^= 1 << UInt8(bit)
          if let image = try? decoder.decodeCopy(bytes, channels: .rgb) { #expect(image.pixels.count > 0) }
        }
      }
    }
  }
}
