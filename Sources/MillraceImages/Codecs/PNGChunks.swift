/// What the chunks of a PNG say without being unpacked (PNG specification, third edition, section 11).
///
/// libpng reads them again; this walk checks their sizes before anything is allocated and finds the
/// orientation, since libpng is told to pass over everything that is not needed for pixels.
struct PNGChunks {
  /// Whether the file begins with a whole image header.
  private(set) var hasHeader = false
  private(set) var size = ImageSize(width: 0, height: 0)
  private(set) var bitDepth = 0
  private(set) var colorType: UInt8 = 0
  private(set) var isInterlaced = false
  private(set) var hasTransparentColor = false
  private(set) var orientation = ExifOrientation.upright

  private static let ihdr: UInt32 = 0x4948_4452
  private static let idat: UInt32 = 0x4944_4154
  private static let iend: UInt32 = 0x4945_4E44
  private static let trns: UInt32 = 0x7452_4E53
  private static let exif: UInt32 = 0x6558_4966

  /// Walks from chunk to chunk as far as that goes; where it does not, libpng finds out why.
  ///
  /// - Throws: ``ImageError/chunkTooLarge(chunk:bytes:limit:)`` for a chunk, other than image data, above
  ///   the limit.
  init(_ file: UnsafeRawBufferPointer, maxChunkBytes: Int) throws(ImageError) {
    let bytes = ByteReader(file)
    var offset = 8
    while let length = bytes.bigEndian32(at: offset), let type = bytes.bigEndian32(at: offset + 4) {
      guard length <= 0x7FFF_FFFF, let name = Self.name(type) else { return }
      let count = Int(length)
      if type == Self.iend { return }
      if type != Self.idat {
        if count > maxChunkBytes {
          throw .chunkTooLarge(chunk: String(describing: name), bytes: count, limit: maxChunkBytes)
        }
        guard let body = bytes.slice(at: offset + 8, count: count) else { return }
        switch type {
        case Self.ihdr: readHeader(ByteReader(body))
        case Self.trns: hasTransparentColor = true
        case Self.exif:
          guard let whole = bytes.slice(at: offset + 4, count: count + 4),
            bytes.bigEndian32(at: offset + 8 + count) == Self.checksum(whole)
          else { break }
          orientation = ExifOrientation(tiff: body) ?? orientation
        default: break
        }
      }
      // Length, type and checksum take twelve bytes.
      offset += count + 12
    }
  }

  private mutating func readHeader(_ body: ByteReader) {
    guard let width = body.bigEndian32(at: 0), let height = body.bigEndian32(at: 4),
      let bitDepth = body.byte(at: 8), let colorType = body.byte(at: 9), let interlace = body.byte(at: 12)
    else { return }
    hasHeader = true
    size = ImageSize(width: Int(width), height: Int(height))
    self.bitDepth = Int(bitDepth)
    self.colorType = colorType
    isInterlaced = interlace != 0
  }

  /// The type's four letters; nil where they are none. Costs nothing until it is described.
  private static func name(_ type: UInt32) -> ChunkName? {
    // Upper and lower case differ in bit 5 of each byte.
    let upper = type & 0xDFDF_DFDF
    for shift in stride(from: UInt32(0), through: 24, by: 8) {
      let letter = UInt8(truncatingIfNeeded: upper >> shift)
      guard (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(letter) else { return nil }
    }
    return ChunkName(type: type)
  }

  private struct ChunkName: CustomStringConvertible {
    let type: UInt32

    var description: String {
      String(decoding: [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: type >> $0) }, as: Unicode.ASCII.self)
    }
  }

  /// CRC-32 of a chunk's type and data (PNG specification, annex D), four bits at a time.
  private static func checksum(_ bytes: UnsafeRawBufferPointer) -> UInt32 {
    var crc = ~UInt32(0)
    for byte in bytes {
      crc ^= UInt32(byte)
      crc = nibbleTable[Int(crc & 15)] ^ (crc >> 4)
      crc = nibbleTable[Int(crc & 15)] ^ (crc >> 4)
    }
    return ~crc
  }

  private static let nibbleTable: [UInt32] = (0..<16).map { nibble in
    (0..<4).reduce(UInt32(nibble)) { crc, _ in crc & 1 == 1 ? 0xEDB8_8320 ^ (crc >> 1) : crc >> 1 }
  }
}
