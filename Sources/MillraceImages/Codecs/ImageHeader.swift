/// What an image file says of itself before any pixel is decoded.
package struct ImageHeader: Sendable, Hashable {
  /// What the numbers of a stored pixel mean.
  package enum ColorModel: String, Sendable, Hashable, CaseIterable {
    case gray
    case rgb
    /// Numbers of colors in a table.
    case palette
    /// Four inks: CMYK or YCCK.
    case cmyk
  }

  /// The format, by the magic bytes.
  package var format: ImageFormat
  /// The size as seen, with the EXIF orientation applied.
  package var size: ImageSize
  /// How the stored pixels are turned to stand upright; `.upright` where the file does not say.
  package var orientation: ExifOrientation
  /// What the numbers of a pixel mean.
  package var colorModel: ColorModel
  /// Bits of a sample (of an index, in a palette image): 1, 2, 4, 8, 12 or 16.
  package var bitDepth: Int
  /// Whether pixels can be transparent, by an alpha channel or by a transparent color.
  package var hasAlpha: Bool
  /// Progressive JPEG, interlaced PNG.
  package var isProgressive: Bool

  /// The size as stored, before the orientation is applied.
  var storedSize: ImageSize { orientation.applied(to: size) }
}
