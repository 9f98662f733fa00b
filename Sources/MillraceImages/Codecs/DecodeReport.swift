/// What a decode met and did.
package struct DecodeReport: Sendable, Hashable {
  /// The file's format.
  package var format: ImageFormat
  /// The upright size before reduction.
  package var originalSize: ImageSize
  /// The factor by which width and height were reduced: 1, 2, 4 or 8.
  package var reduction: Int
  /// The orientation that was applied.
  package var orientation: ExifOrientation
  /// Complaints of the codec that did not stop it.
  package var warnings: Int
  /// Whether the image was cut short and ``DecodeLimits/allowTruncated`` let it pass.
  package var isTruncated: Bool

  /// Makes a report.
  package init(
    format: ImageFormat, originalSize: ImageSize, reduction: Int, orientation: ExifOrientation, warnings: Int,
    isTruncated: Bool
  ) {
    self.format = format
    self.originalSize = originalSize
    self.reduction = reduction
    self.orientation = orientation
    self.warnings = warnings
    self.isTruncated = isTruncated
  }
}
