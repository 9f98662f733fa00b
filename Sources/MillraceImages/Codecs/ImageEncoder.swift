internal import CImageCodecs

/// Encodes images, for previews and sample data.
package enum ImageEncoder {
  /// The longest side that libjpeg writes.
  static let maxJPEGSide = 65_500

  /// A PNG file of 8 bits a sample, gray or RGB.
  ///
  /// Sides must be below 2³¹, which is more than memory holds.
  package static func png(_ image: Image) -> [UInt8] {
    precondition(
      image.width <= Int(Int32.max) && image.height <= Int(Int32.max),
      "a PNG's sides are below 2^31 pixels, got \(image.width)×\(image.height)")
    var encoded = image.pixels.withUnsafeBufferPointer {
      cimage_encode_png(
        $0.baseAddress, UInt32(image.width), UInt32(image.height), Int32(image.channels.rawValue))
    }
    defer { cimage_encoded_free(&encoded) }
    guard encoded.status == .CIMAGE_STATUS_OK else {
      fatalError("libpng refused to encode a \(image.width)×\(image.height) image; is there memory left?")
    }
    return Array(UnsafeBufferPointer(start: encoded.bytes, count: encoded.count))
  }

  /// A baseline JPEG file, gray or YCbCr with chroma at half resolution.
  ///
  /// - Parameters:
  ///   - image: What to encode.
  ///   - quality: libjpeg's scale from 1 to 100.
  /// - Throws: ``ImageError/notEncodable(_:size:limit:)`` for a side above 65,500 pixels.
  package static func jpeg(_ image: Image, quality: Int = 90) throws(ImageError) -> [UInt8] {
    precondition((1...100).contains(quality), "JPEG quality is 1 to 100, got \(quality)")
    let size = ImageSize(width: image.width, height: image.height)
    guard max(size.width, size.height) <= maxJPEGSide else {
      throw .notEncodable(.jpeg, size: size, limit: maxJPEGSide)
    }
    var encoded = image.pixels.withUnsafeBufferPointer {
      cimage_encode_jpeg(
        $0.baseAddress, UInt32(size.width), UInt32(size.height), Int32(image.channels.rawValue),
        Int32(quality))
    }
    defer { cimage_encoded_free(&encoded) }
    guard encoded.status == .CIMAGE_STATUS_OK else { throw .outOfMemory(.jpeg, size: size) }
    return Array(UnsafeBufferPointer(start: encoded.bytes, count: encoded.count))
  }
}
