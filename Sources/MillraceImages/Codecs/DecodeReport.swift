/// What a decode met and did.
public struct DecodeReport: Sendable, Hashable {
  /// The file's format.
  public var format: ImageFormat
  /// The upright size before reduction.
  public var originalSize: ImageSize
  /// The factor by which width and height were reduced: 1, 2, 4 or 8.
  public var reduction: Int
  /// The orientation that was applied.
  public var orientation: ExifOrientation
  /// Complaints of the codec that did not stop it.
  public var warnings: Int
  /// Whether the image was cut short and ``DecodeLimits/allowTruncated`` let it pass.
  public var isTruncated: Bool

  /// Makes a report.
  public init(
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
