internal import CImageCodecs

/// BMP, uncompressed, by a decoder of our own: there is no library for it alone, and it is a header and rows.
enum BMPCodec: ImageCodec {
  static var format: ImageFormat { .bmp }
  static let name = "BMP"
  static let fileExtensions = ["bmp", "dib"]
  static let canBeTransparent = true

  /// "BM", a length of any value, four zeros, and behind the offset of the pixels the length of a header that there is.
  static func sniffs(_ bytes: UnsafeRawBufferPointer) -> Bool {
    guard bytes.count >= 18, bytes.prefix(2).elementsEqual("BM".utf8),
      bytes[6..<10].allSatisfy({ $0 == 0 }), bytes[16] == 0, bytes[17] == 0
    else { return false }
    let length = Int(bytes[14]) + Int(bytes[15]) << 8
    return length == BMPHeader.coreLength || (40...1024).contains(length)
  }

  static func prepare(
    _ bytes: UnsafeRawBufferPointer, _ limits: DecodeLimits
  ) throws(ImageError) -> ExifOrientation { .upright }

  static func decode(
    _ decoder: OpaquePointer, _ start: UnsafePointer<UInt8>?, _ count: Int,
    _ options: UnsafePointer<cimage_decode_options>
  ) -> cimage_decoded {
    cimage_decode_bmp(decoder, start, count, options)
  }

  static func header(_ bytes: UnsafeRawBufferPointer, _ limits: DecodeLimits) throws(ImageError)
    -> ImageHeader
  {
    guard let header = BMPHeader(bytes) else { throw .truncated(.bmp, reason: "the header ends early") }
    guard header.width > 0, header.height > 0 else {
      throw .corrupt(.bmp, reason: "its size is \(header.width)×\(header.height)")
    }
    guard [1, 4, 8, 16, 24, 32].contains(header.bitDepth) else {
      throw .unsupported(.bmp, reason: "it has an unknown number of bits a pixel")
    }
    let isPalette = header.bitDepth <= 8
    return ImageHeader(
      format: .bmp, size: ImageSize(width: header.width, height: header.height), orientation: .upright,
      colorModel: isPalette ? .palette : .rgb, bitDepth: isPalette ? header.bitDepth : 8,
      hasAlpha: header.hasAlpha, isProgressive: false)
  }
}
