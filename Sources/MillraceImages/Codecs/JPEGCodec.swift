internal import CImageCodecs

/// JPEG, by libjpeg.
enum JPEGCodec: ImageCodec {
  static var format: ImageFormat { .jpeg }
  static let name = "JPEG"
  static let fileExtensions = ["jpg", "jpeg", "jpe", "jfif"]
  static let canBeTransparent = false
  static let reducesWhileDecoding = true

  static func sniffs(_ bytes: UnsafeRawBufferPointer) -> Bool {
    bytes[0] == 0xFF && bytes[1] == 0xD8 && bytes[2] == 0xFF
  }

  static func prepare(
    _ bytes: UnsafeRawBufferPointer, _ limits: DecodeLimits
  ) throws(ImageError) -> ExifOrientation {
    let markers = JPEGMarkers(bytes)
    if let reason = markers.unsupportedReason { throw .unsupported(.jpeg, reason: reason) }
    return markers.orientation
  }

  static func decode(
    _ decoder: OpaquePointer, _ start: UnsafePointer<UInt8>?, _ count: Int,
    _ options: UnsafePointer<cimage_decode_options>
  ) -> cimage_decoded {
    cimage_decode_jpeg(decoder, start, count, options)
  }

  static func header(_ bytes: UnsafeRawBufferPointer, _ limits: DecodeLimits) throws(ImageError)
    -> ImageHeader
  {
    let markers = JPEGMarkers(bytes)
    guard let frame = markers.frame else {
      throw .truncated(.jpeg, reason: "there is no frame header")
    }
    let model: ImageHeader.ColorModel
    switch markers.components {
    case 1: model = .gray
    case 3: model = .rgb
    case 4: model = .cmyk
    default: throw .unsupported(.jpeg, reason: "it has \(markers.components) components, expected 1, 3 or 4")
    }
    guard markers.size.width > 0, markers.size.height > 0 else {
      throw .corrupt(.jpeg, reason: "its size is \(markers.size.width)×\(markers.size.height)")
    }
    return ImageHeader(
      format: .jpeg, size: markers.orientation.applied(to: markers.size), orientation: markers.orientation,
      colorModel: model, bitDepth: markers.precision, hasAlpha: false,
      isProgressive: frame == 0xC2 || frame == 0xCA)
  }
}
