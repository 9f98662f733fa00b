public import MillraceImages

/// A PNG file in which one level is transparent.
public enum TransparentPNG {
  /// Encodes an image and marks the colour that is transparent.
  ///
  /// - Parameter clear: The level of all channels that is transparent.
  public static func encode(_ image: Image, clear: UInt8) -> [UInt8] {
    var bytes = ImageEncoder.png(image)
    let data: [UInt8] = Array(repeating: [0, clear], count: image.channels.rawValue).flatMap { $0 }
    let content: [UInt8] = Array("tRNS".utf8) + data
    let chunk: [UInt8] =
      bigEndian(UInt32(data.count)) + content + bigEndian(cyclicRedundancyCheck(content))
    // The chunk is put between the header and the pixels, before the length of their first chunk.
    let place = bytes.firstRange(of: Array("IDAT".utf8))?.lowerBound ?? 4
    bytes.insert(contentsOf: chunk, at: place - 4)
    return bytes
  }

  /// A square drawing on a transparent ground: a ring or a cross of one level, at another place for each number.
  public static func drawing(isRing: Bool, number: Int, level: UInt8 = 0, side: Int = 24) -> [UInt8] {
    let clear: UInt8 = level < 128 ? 255 : 0
    let (centerX, centerY) = (side / 2 + number % 3 - 1, side / 2 + number / 3 % 3 - 1)
    var pixels: [UInt8] = []
    for y in 0..<side {
      for x in 0..<side {
        let (dx, dy) = (x - centerX, y - centerY)
        let square = dx * dx + dy * dy
        let isDrawn = isRing ? (25...64).contains(square) : abs(abs(dx) - abs(dy)) < 2 && square < 100
        pixels.append(isDrawn ? level : clear)
      }
    }
    return encode(Image(width: side, height: side, channels: .gray, pixels: pixels), clear: clear)
  }

  private static func bigEndian(_ value: UInt32) -> [UInt8] {
    stride(from: 24, through: 0, by: -8).map { UInt8(truncatingIfNeeded: value >> UInt32($0)) }
  }

  private static func cyclicRedundancyCheck(_ bytes: [UInt8]) -> UInt32 {
    ~bytes.reduce(UInt32.max) { rest, byte in
      (0..<8).reduce(rest ^ UInt32(byte)) { value, _ in value >> 1 ^ (value & 1 == 0 ? 0 : 0xEDB8_8320) }
    }
  }
}
