/// What the chunks of a WebP file say without being unpacked (RFC 9649, sections 2 and 3).
///
/// libwebp reads them again; this walk finds the orientation, and the header where a file is cut short.
struct WebPChunks {
  /// The canvas as stored; nil where no chunk has said it.
  private(set) var size: ImageSize?
  private(set) var hasAlpha = false
  private(set) var isAnimated = false
  private(set) var orientation = ExifOrientation.upright

  /// Walks from chunk to chunk as far as that goes.
  init(_ file: UnsafeRawBufferPointer) {
    let bytes = ByteReader(file)
    var offset = 12
    while let name = bytes.bigEndian32(at: offset), let length = Self.littleEndian(bytes, at: offset + 4, 4) {
      let body = offset + 8
      switch name {
      case 0x5650_3858: readExtended(bytes, body)  // VP8X
      case 0x5650_384C: readLossless(bytes, body)  // VP8L
      case 0x5650_3820: readLossy(bytes, body)  // "VP8 "
      case 0x414C_5048: hasAlpha = true  // ALPH
      case 0x4558_4946:  // EXIF
        guard let whole = bytes.slice(at: body, count: length) else { return }
        let tiff = ByteReader(whole)
        // Some writers put the beginning there that JPEG has.
        let isPrefixed = tiff.bigEndian32(at: 0) == 0x4578_6966 && tiff.bigEndian16(at: 4) == 0
        let start = isPrefixed ? 6 : 0
        if let body = tiff.slice(at: start, count: whole.count - start),
          let found = ExifOrientation(tiff: body)
        {
          orientation = found
        }
      default: break
      }
      // Chunks begin at even places.
      let (next, overflow) = body.addingReportingOverflow(length + length % 2)
      if overflow || next <= offset { return }
      offset = next
    }
  }

  /// Whether nothing was found that says the size.
  private var isOpen: Bool { size == nil }

  private mutating func readExtended(_ bytes: ByteReader, _ offset: Int) {
    guard isOpen, let flags = bytes.byte(at: offset), let width = Self.littleEndian(bytes, at: offset + 4, 3),
      let height = Self.littleEndian(bytes, at: offset + 7, 3)
    else { return }
    (hasAlpha, isAnimated) = (flags & 0x10 != 0, flags & 0x02 != 0)
    size = ImageSize(width: width + 1, height: height + 1)
  }

  private mutating func readLossless(_ bytes: ByteReader, _ offset: Int) {
    guard isOpen, bytes.byte(at: offset) == 0x2F, let bits = Self.littleEndian(bytes, at: offset + 1, 4)
    else {
      return
    }
    size = ImageSize(width: bits & 0x3FFF + 1, height: bits >> 14 & 0x3FFF + 1)
    hasAlpha = bits >> 28 & 1 == 1
  }

  private mutating func readLossy(_ bytes: ByteReader, _ offset: Int) {
    guard isOpen, bytes.byte(at: offset + 3) == 0x9D, bytes.byte(at: offset + 4) == 0x01,
      bytes.byte(at: offset + 5) == 0x2A, let width = Self.littleEndian(bytes, at: offset + 6, 2),
      let height = Self.littleEndian(bytes, at: offset + 8, 2)
    else { return }
    // Above the size are two bits that ask for scaling, which nobody does.
    size = ImageSize(width: width & 0x3FFF, height: height & 0x3FFF)
  }

  private static func littleEndian(_ bytes: ByteReader, at offset: Int, _ count: Int) -> Int? {
    var value = 0
    for place in 0..<count {
      guard let byte = bytes.byte(at: offset + place) else { return nil }
      value |= Int(byte) << (8 * place)
    }
    return value
  }
}
