/// How a camera was held: what must be done to the stored pixels so that the image stands upright.
///
/// The raw values are those of EXIF's tag 0x0112 (EXIF 2.32, section 4.6.4).
package enum ExifOrientation: UInt8, Sendable, Hashable, CaseIterable {
  case upright = 1
  case mirrored = 2
  case rotated180 = 3
  case flipped = 4
  /// Mirrored along the main diagonal.
  case transposed = 5
  /// To be rotated by 90° clockwise.
  case rotated90 = 6
  /// Mirrored along the other diagonal.
  case transversed = 7
  /// To be rotated by 90° counterclockwise.
  case rotated270 = 8

  /// Whether the upright image is as wide as the stored one is high.
  package var swapsAxes: Bool { rawValue >= 5 }

  /// Whether the upright image's left edge is where stored rows (or, with the axes swapped, columns) end.
  package var beginsAtEndOfX: Bool { [.mirrored, .rotated180, .rotated90, .transversed].contains(self) }

  /// Whether the upright image's upper edge is where stored columns (or, with the axes swapped, rows) end.
  package var beginsAtEndOfY: Bool { [.rotated180, .flipped, .transversed, .rotated270].contains(self) }

  /// The upright size of an image that is stored with a given size, and the other way round.
  package func applied(to size: ImageSize) -> ImageSize {
    swapsAxes ? ImageSize(width: size.height, height: size.width) : size
  }
}

extension ExifOrientation {
  /// Reads the orientation from a TIFF structure, which is what EXIF is; nil where it is absent or broken.
  ///
  /// Only the first image directory counts: the second describes the thumbnail.
  init?(tiff: UnsafeRawBufferPointer) {
    let bytes = ByteReader(tiff)
    let isLittleEndian: Bool
    switch bytes.bigEndian32(at: 0) {
    case 0x4949_2A00: isLittleEndian = true
    case 0x4D4D_002A: isLittleEndian = false
    default: return nil
    }
    func short(_ offset: Int) -> Int? {
      bytes.bigEndian16(at: offset).map { Int(isLittleEndian ? $0.byteSwapped : $0) }
    }
    func long(_ offset: Int) -> Int? {
      bytes.bigEndian32(at: offset).map { Int(isLittleEndian ? $0.byteSwapped : $0) }
    }
    guard let directory = long(4), let count = short(directory) else { return nil }
    for index in 0..<count {
      let entry = directory + 2 + 12 * index
      guard let tag = short(entry) else { return nil }
      guard tag == 0x0112 else { continue }
      // One whole number, left-justified in the entry's four value bytes. It should be a SHORT, but some programs write
      // a BYTE or a LONG.
      guard let type = short(entry + 2), long(entry + 4) == 1 else { return nil }
      let value: Int?
      switch type {
      case 1: value = bytes.byte(at: entry + 8).map(Int.init)
      case 3: value = short(entry + 8)
      case 4: value = long(entry + 8)
      default: value = nil
      }
      guard let value = value.flatMap(UInt8.init(exactly:)) else { return nil }
      self.init(rawValue: value)
      return
    }
    return nil
  }
}
