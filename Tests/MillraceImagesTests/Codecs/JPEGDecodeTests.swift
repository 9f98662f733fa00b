import Testing

@testable import MillraceImages

struct JPEGDecodeTests {
  /// The files, and the expected pixels that they share.
  static let files: [(file: String, expected: String)] =
    [
      "444", "420", "rgb", "cmyk", "ycck",
    ].map { ($0, $0) } + [("cmyk-without-adobe", "cmyk")]
    + ["progressive", "restarts", "arithmetic", "progressive-arithmetic", "three-scans"].map {
      ("420-" + $0, "420")
    }

  @Test("every coding and color space is within 3 levels of an independent decoder", arguments: files)
  func withinTolerance(file: String, expected: String) throws {
    let decoder = ImageDecoder()
    let image = try decoder.decodeCopy(try Fixture.bytes(file + ".jpg"), channels: .rgb)
    let difference = image.maximumDifference(to: try Fixture.expected(expected, Fixture.jpegSize))
    #expect(try #require(difference) <= 3)
    #expect(decoder.lastReport.warnings == (file.contains("arithmetic") ? 1 : 0))
  }

  @Test("gray is near the luma of what RGB shows", arguments: files)
  func grayOfColor(file: String, expected: String) throws {
    let image = try ImageDecoder().decodeCopy(try Fixture.bytes(file + ".jpg"), channels: .gray)
    let difference = image.maximumDifference(to: try Fixture.expected(expected, Fixture.jpegSize).luma)
    #expect(try #require(difference) <= 3)
  }

  @Test("a gray file has the same values in gray and in each color")
  func grayFile() throws {
    let bytes = try Fixture.bytes("gray.jpg")
    let decoder = ImageDecoder()
    let gray = try decoder.decodeCopy(bytes, channels: .gray)
    let rgb = try decoder.decodeCopy(bytes, channels: .rgb)
    #expect(
      try #require(gray.maximumDifference(to: try Fixture.expected("gray", Fixture.jpegSize, .gray))) <= 1)
    #expect(rgb.pixels == gray.pixels.flatMap { [$0, $0, $0] })
  }

  @Test("lossless transcodings decode to the same bits", arguments: files.filter { $0.expected == "420" })
  func sameBits(file: String, expected: String) throws {
    let decoder = ImageDecoder()
    let image = try decoder.decodeCopy(try Fixture.bytes(file + ".jpg"), channels: .rgb)
    #expect(try decoder.decodeCopy(try Fixture.bytes("420.jpg"), channels: .rgb) == image)
  }

  @Test("the eight orientations come out upright, whole and reduced", arguments: 1...8, [1, 2, 4, 8])
  func orientations(value: Int, reduction: Int) throws {
    let decoder = ImageDecoder()
    let size = ImageSize(width: 48 / reduction, height: 32 / reduction)
    let image = try decoder.decodeCopy(
      try Fixture.bytes("exif-\(value).jpg"), channels: .rgb, atLeast: size)
    let report = decoder.lastReport
    let upright = try decoder.decodeCopy(try Fixture.bytes("444.jpg"), channels: .rgb, atLeast: size)
    // The inverse DCT is not exactly the same on turned coefficients.
    #expect(try #require(image.maximumDifference(to: upright)) <= 3)
    #expect(report.reduction == reduction)
    #expect(report.originalSize == Fixture.jpegSize)
    #expect(report.orientation.rawValue == UInt8(value))
  }

  @Test("the size that is asked for is upright")
  func reductionOfTurned() throws {
    let decoder = ImageDecoder()
    // It is stored as 32×48: with the sides exchanged, 24×16 would be too small.
    let image = try decoder.decodeCopy(
      try Fixture.bytes("exif-6.jpg"), channels: .gray, atLeast: ImageSize(width: 24, height: 9))
    #expect(decoder.lastReport.reduction == 2)
    #expect(ImageSize(width: image.width, height: image.height) == ImageSize(width: 24, height: 16))
  }

  @Test(
    "a reduced decode is near the box average of the whole", arguments: ["444", "gray", "cmyk"], [2, 4, 8])
  func reducedValues(name: String, reduction: Int) throws {
    let decoder = ImageDecoder()
    let bytes = try Fixture.bytes(name + ".jpg")
    let whole = try decoder.decodeCopy(bytes, channels: .rgb)
    let reduced = try decoder.decodeCopy(
      bytes, channels: .rgb, atLeast: ImageSize(width: 48 / reduction, height: 32 / reduction))
    let average = naiveBoxReduction(whole, by: reduction)
    let differences = zip(reduced.pixels, average.pixels).map { abs(Int($0) - Int($1)) }
    #expect(reduced.pixels.count == average.pixels.count)
    #expect(differences.reduce(0, +) <= 4 * differences.count)
  }

  @Test("what is not decoded is one clear error", arguments: [("12-bit", "12 bits"), ("lossless", "SOF3")])
  func unsupported(name: String, word: String) throws {
    let error = try decodingError(try Fixture.bytes(name + ".jpg"))
    guard case .unsupported(.jpeg, let reason) = error else {
      Issue.record("expected unsupported, got \(String(describing: error))")
      return
    }
    #expect(reason.contains(word))
  }

  @Test("stray bytes before each of many markers are worth warnings, and no reason to refuse")
  func strayBytes() throws {
    let clean = try Fixture.bytes("420-restarts.jpg")
    let scan = try #require(jpegScans(clean).first)
    var bytes: [UInt8] = []
    var markers = 0
    for (place, byte) in clean.enumerated() {
      let isMarker = byte == 0xFF && place + 1 < clean.count && (0xD0...0xD7).contains(clean[place + 1])
      if isMarker, scan.contains(place) {
        bytes += [UInt8](repeating: 0x55, count: 600)
        markers += 1
      }
      bytes.append(byte)
    }
    // There are more than a hundred stray bytes between its segments.
    let segmentEnd = 4 + (Int(bytes[4]) << 8 | Int(bytes[5]))
    bytes.insert(contentsOf: repeatElement([UInt8(0), 0xFF, 0x01], count: 200).joined(), at: segmentEnd)
    let decoder = ImageDecoder()
    let image = try decoder.decodeCopy(bytes, channels: .rgb)
    #expect(decoder.lastReport.warnings > 200 && markers > 0)
    #expect(try image == decoder.decodeCopy(clean, channels: .rgb))
  }

  @Test("tables of the file before are not used for one that lacks its own")
  func noMemoryOfOtherFiles() throws {
    var bytes = try Fixture.bytes("gray.jpg")
    let start = try #require(bytes.firstRange(of: [0xFF, 0xDB])).lowerBound
    let length = Int(bytes[start + 2]) << 8 | Int(bytes[start + 3])
    bytes.removeSubrange(start..<start + 2 + length)
    let decoder = ImageDecoder()
    _ = try decoder.decodeCopy(try Fixture.bytes("gray.jpg"), channels: .gray)
    #expect(throws: ImageError.self) { try decoder.decodeCopy(bytes, channels: .gray) }
  }

  @Test("broken EXIF is ignored")
  func brokenExif() throws {
    let whole = try Fixture.bytes("exif-6.jpg")
    let start = try #require(whole.firstRange(of: Array("Exif".utf8))).lowerBound
    // Each byte of the TIFF structure in turn becomes 0xFF: decoding never fails.
    for offset in start + 4..<start + 28 {
      var bytes = whole
      bytes[offset] = 0xFF
      #expect(try decodingError(bytes) == nil, "byte \(offset)")
    }
  }
}
