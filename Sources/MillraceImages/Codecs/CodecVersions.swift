import CImageCodecs

/// The libraries that read and write images, for whoever reports what a program runs with.
package enum CodecVersions {
  /// The JPEG library and the version of it that this was built with, such as `libjpeg-turbo 2.1.5`.
  package static let jpeg = String(cString: cimage_jpeg_version())
  /// The version of libpng in use, such as `1.6.43`.
  package static let png = String(cString: cimage_png_version())
  /// The version of libwebp in use, such as `1.2.4`; nil where this was built without it.
  package static let webp = cimage_webp_version().map { String(cString: $0) }
}
