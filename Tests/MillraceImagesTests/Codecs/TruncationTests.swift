import Testing

@testable import MillraceImages

struct TruncationTests {
  static let names = [
    "420.jpg", "420-progressive.jpg", "420-restarts.jpg", "420-arithmetic.jpg", "420-three-scans.jpg",
    "cmyk.jpg",
    "rgb-8.png", "rgba-8-interlaced.png", "palette-4-trns-interlaced.png", "gray-16.png",
  ]

  @Test("every prefix of an image is an error", arguments: names)
  func prefixes(name: String) throws {
    let whole = try Fixture.bytes(name)
    #expect(try decodingError(whole) == nil)
    for count in 0..<whole.count {
      let error = try decodingError(Array(whole.prefix(count)))
      switch error {
      case .truncated: break
      case .empty where count == 0: break
      case .notAnImage where count < 4: break
      default: Issue.record("\(count) bytes of \(name): \(error.map(String.init(describing:)) ?? "no error")")
      }
    }
  }

  @Test("a cut image shows what is there where that is allowed", arguments: names)
  func allowed(name: String) throws {
    let whole = try Fixture.bytes(name)
    let decoder = ImageDecoder(limits: DecodeLimits(allowTruncated: true))
    let complete = try decoder.decodeCopy(whole, channels: .rgb)
    #expect(!decoder.lastReport.isTruncated)
    // These are the end marker of a JPEG and the end chunk of a PNG.
    let ending = name.hasSuffix(".png") ? 12 : 2
    let image = try decoder.decodeCopy(whole.dropLast(ending), channels: .rgb)
    #expect(image == complete)
    #expect(decoder.lastReport.isTruncated)
    #expect(decoder.lastReport.warnings > 0)
    // Some rows exist: the image has its full width and height, and its top is right.
    let cut = try decoder.decodeCopy(whole.dropLast(ending + 100), channels: .rgb)
    #expect((cut.width, cut.height) == (complete.width, complete.height))
    #expect(cut != complete)
    if !name.contains("progressive"), !name.contains("scans"), !name.contains("interlaced") {
      #expect(cut.pixels.prefix(cut.width) == complete.pixels.prefix(cut.width))
    }
  }

  @Test("no prefix crashes where truncation is allowed", arguments: names)
  func allowedPrefixes(name: String) throws {
    let whole = try Fixture.bytes(name)
    let limits = DecodeLimits(allowTruncated: true)
    for count in 0..<whole.count {
      let prefix = Array(whole.prefix(count))
      if let error = try decodingError(prefix, limits: limits), count >= 4 {
        guard case .truncated = error else {
          Issue.record("\(count) bytes of \(name): \(error)")
          continue
        }
      }
    }
  }

  @Test("a JPEG that ends properly but leaves out a component is truncated")
  func missingScan() throws {
    let whole = try Fixture.bytes("420-three-scans.jpg")
    let scans = jpegScans(whole)
    try #require(scans.count == 3)
    let cut = whole[..<scans[2].lowerBound] + [0xFF, 0xD9]
    #expect(try decodingError(Array(cut)) == .truncated(.jpeg, reason: "a color component has no scan"))
  }

  @Test(
    "no JPEG that lost data before its end marker is decoded in silence",
    arguments: names.filter { $0.hasSuffix(".jpg") })
  func missingDataBeforeTheEnd(name: String) throws {
    let whole = try Fixture.bytes(name)
    let decoder = ImageDecoder()
    let complete = try decoder.decodeCopy(whole, channels: .rgb)
    let first = try #require(jpegScans(whole).first)
    for cut in first.lowerBound + 20..<whole.count - 2 where whole[cut - 1] != 0xFF {
      let image = try? decoder.decodeCopy(whole[..<cut] + [0xFF, 0xD9], channels: .rgb)
      #expect(image == nil || image == complete || decoder.lastReport.warnings > 0, "cut at \(cut)")
    }
  }

  @Test("a progressive JPEG that stops at a coarser precision is worth a warning")
  func missingRefinement() throws {
    let whole = try Fixture.bytes("gray-two-progressive-scans.jpg")
    let scans = jpegScans(whole)
    try #require(scans.count == 2)
    let decoder = ImageDecoder()
    _ = try decoder.decodeCopy(Array(whole[..<scans[1].lowerBound] + [0xFF, 0xD9]), channels: .gray)
    #expect(decoder.lastReport.warnings == 1)
  }

  @Test(
    "a JPEG with zeros in the place of its end marker is whole",
    arguments: names.filter { $0.hasSuffix(".jpg") })
  func zeroPadding(name: String) throws {
    let whole = try Fixture.bytes(name)
    let decoder = ImageDecoder()
    let complete = try decoder.decodeCopy(whole, channels: .rgb)
    let warnings = decoder.lastReport.warnings
    for count in [100, 5_000] {
      let padded = whole.dropLast(2) + [UInt8](repeating: 0, count: count)
      #expect(try decoder.decodeCopy(Array(padded), channels: .rgb) == complete)
      #expect(decoder.lastReport.warnings > warnings && !decoder.lastReport.isTruncated)
    }
  }

  @Test("scans that zeros have replaced are missing", arguments: [1, 2])
  func zeroPaddedScans(kept: Int) throws {
    for name in ["420-three-scans.jpg", "gray-two-progressive-scans.jpg"] {
      let whole = try Fixture.bytes(name)
      let scans = jpegScans(whole)
      guard kept < scans.count else { continue }
      let padded = whole[..<scans[kept].lowerBound] + [UInt8](repeating: 0, count: 5_000)
      guard case .truncated = try decodingError(Array(padded)) else {
        Issue.record("\(name) with \(kept) scans: expected truncated")
        continue
      }
    }
  }

  @Test("a PNG whose image data gives out is truncated")
  func missingImageData() throws {
    let whole = try Fixture.bytes("rgb-8.png")
    let type = try #require(whole.firstRange(of: Array("IDAT".utf8)))
    let end = try #require(whole.firstRange(of: Array("IEND".utf8)))
    let cut = whole[..<(type.lowerBound - 4)] + whole[(end.lowerBound - 4)...]
    guard case .truncated(.png, _) = try decodingError(Array(cut)) else {
      Issue.record("expected truncated")
      return
    }
  }
}

/// The ranges of a JPEG's scans: each from its SOS marker to the next marker that is neither a restart nor a
/// stuffed zero.
func jpegScans(_ bytes: [UInt8]) -> [Range<Int>] {
  var scans: [Range<Int>] = []
  var offset = 2
  while offset + 4 <= bytes.count, bytes[offset + 1] != 0xD9 {
    let start = offset
    let isScan = bytes[offset + 1] == 0xDA
    offset += 2 + (Int(bytes[offset + 2]) << 8 | Int(bytes[offset + 3]))
    guard isScan else { continue }
    while !(bytes[offset] == 0xFF && bytes[offset + 1] != 0 && !(0xD0...0xD7).contains(bytes[offset + 1])) {
      offset += 1
    }
    scans.append(start..<offset)
  }
  return scans
}
