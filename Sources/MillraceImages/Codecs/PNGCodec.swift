internal import CImageCodecs

/// PNG, by libpng.
enum PNGCodec: ImageCodec {
  static var format: ImageFormat { .png }
  static let name = "PNG"
  static let fileExtensions = ["png"]
  static let canBeTransparent = true

  /// Four bytes of eight are enough: the others only reveal a damaged transfer, which is then reported as a corrupt PNG
  /// instead of as no image.
  static func sniffs(_ bytes: UnsafeRawBufferPointer) -> Bool {
    bytes[0] == 0x89 && bytes[1] == 0x50 && bytes[2] == 0x4E && bytes[3] == 0x47
  }

  static func prepare(
    _ bytes: UnsafeRawBufferPointer, _ limits: DecodeLimits
  ) throws(ImageError) -> ExifOrientation {
    try PNGChunks(bytes, maxChunkBytes: limits.maxChunkBytes).orientation
  }

  static func decode(
    _ decoder: OpaquePointer, _ start: UnsafePointer<UInt8>?, _ count: Int,
    _ options: UnsafePointer<cimage_decode_options>
  ) -> cimage_decoded {
    cimage_decode_png(decoder, start, count, options)
  }

  static func header(_ bytes: UnsafeRawBufferPointer, _ limits: DecodeLimits) throws(ImageError)
    -> ImageHeader
  {
    let chunks = try PNGChunks(bytes, maxChunkBytes: limits.maxChunkBytes)
    guard chunks.hasHeader else { throw .truncated(.png, reason: "there is no image header") }
    let model: ImageHeader.ColorModel
    switch chunks.colorType {
    case 0, 4: model = .gray
    case 2, 6: model = .rgb
    case 3: model = .palette
    default: throw .corrupt(.png, reason: "its color type is \(chunks.colorType), expected 0, 2, 3, 4 or 6")
    }
    guard chunks.size.width > 0, chunks.size.height > 0 else {
      throw .corrupt(.png, reason: "its size is \(chunks.size.width)×\(chunks.size.height)")
    }
    return ImageHeader(
      format: .png, size: chunks.orientation.applied(to: chunks.size), orientation: chunks.orientation,
      colorModel: model, bitDepth: chunks.bitDepth,
      hasAlpha: chunks.colorType & 4 != 0 || chunks.hasTransparentColor, isProgressive: chunks.isInterlaced)
  }
}
