@testable import MillraceImages

/// A picture as a camera stores it that was held in some orientation: turned, with the orientation that turns it
/// back.
enum TurnedFile {
  static func bytes(of picture: Image, _ orientation: ExifOrientation, _ format: ImageFormat) throws
    -> [UInt8]
  {
    let stored = stored(picture, orientation)
    let tiff: [UInt8] =
      Array("MM".utf8) + [
        0, 42, 0, 0, 0, 8, 0, 1, 0x01, 0x12, 0, 3, 0, 0, 0, 1, 0, orientation.rawValue, 0, 0,
      ]
      + [0, 0, 0, 0]
    switch format {
    case .jpeg:
      let jpeg = try ImageEncoder.jpeg(stored, quality: 98)
      let body = Array("Exif".utf8) + [0, 0] + tiff
      return jpeg[..<2] + [0xFF, 0xE1, 0, UInt8(body.count + 2)] + body + jpeg[2...]
    default:
      precondition(format == .png, "\(format) is not written here")
      let png = ImageEncoder.png(stored)
      // The chunk comes after the signature and the image header.
      return png[..<33] + chunk("eXIf", tiff) + png[33...]
    }
  }

  /// The pixels that an orientation makes upright.
  private static func stored(_ picture: Image, _ orientation: ExifOrientation) -> Image {
    // The inverse of an orientation is the orientation itself, except for the two quarter turns, which undo each
    // other.
    let inverse: ExifOrientation
    switch orientation {
    case .rotated90: inverse = .rotated270
    case .rotated270: inverse = .rotated90
    default: inverse = orientation
    }
    var pixels = [UInt8](repeating: 0, count: picture.pixels.count)
    picture.withView { view in
      pixels.withUnsafeMutableBufferPointer { Uprighting.turn(view, by: inverse, into: $0.baseAddress!) }
    }
    let size = inverse.applied(to: ImageSize(width: picture.width, height: picture.height))
    return Image(width: size.width, height: size.height, channels: picture.channels, pixels: pixels)
  }

  private static func chunk(_ type: String, _ body: [UInt8]) -> [UInt8] {
    func bigEndian(_ value: UInt32) -> [UInt8] {
      [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: value >> $0) }
    }
    let content = Array(type.utf8) + body
    let checksum = ~content.reduce(~UInt32(0)) { crc, byte in
      (0..<8).reduce(crc ^ UInt32(byte)) { crc, _ in crc & 1 == 1 ? 0xEDB8_8320 ^ (crc >> 1) : crc >> 1 }
    }
    return bigEndian(UInt32(body.count)) + content + bigEndian(checksum)
  }
}
