internal import CImageCodecs

/// WebP, by libwebp; of an animation the first frame.
enum WebPCodec: ImageCodec {
  static var format: ImageFormat { .webp }
  static let name = "WebP"
  static let fileExtensions = ["webp"]
  static let isAvailable = cimage_webp_version() != nil
  static let canBeTransparent = true

  /// RIFF, four bytes of any kind, WEBP.
  static func sniffs(_ bytes: UnsafeRawBufferPointer) -> Bool {
    bytes.prefix(4).elementsEqual("RIFF".utf8) && bytes.count >= 12
      && bytes[8..<12].elementsEqual("WEBP".utf8)
  }

  static func prepare(
    _ bytes: UnsafeRawBufferPointer, _ limits: DecodeLimits
  ) throws(ImageError) -> ExifOrientation {
    WebPChunks(bytes).orientation
  }

  static func decode(
    _ decoder: OpaquePointer, _ start: UnsafePointer<UInt8>?, _ count: Int,
    _ options: UnsafePointer<cimage_decode_options>
  ) -> cimage_decoded {
    cimage_decode_webp(decoder, start, count, options)
  }

  static func header(_ bytes: UnsafeRawBufferPointer, _ limits: DecodeLimits) throws(ImageError)
    -> ImageHeader
  {
    let chunks = WebPChunks(bytes)
    guard let size = chunks.size else { throw .truncated(.webp, reason: "there is no image header") }
    guard size.width > 0, size.height > 0 else {
      throw .corrupt(.webp, reason: "its size is \(size.width)×\(size.height)")
    }
    return ImageHeader(
      format: .webp, size: chunks.orientation.applied(to: size), orientation: chunks.orientation,
      colorModel: .rgb, bitDepth: 8, hasAlpha: chunks.hasAlpha, isProgressive: false)
  }
}
