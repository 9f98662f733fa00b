/// What an image file may cost, and whether a file that is cut short is an image.
public struct DecodeLimits: Sendable, Hashable {
  /// The largest width × height. The flag `--max-pixels`.
  public var maxPixels: Int {
    didSet { Self.check(maxPixels, "maxPixels") }
  }

  /// The most scans of a progressive JPEG: each one passes over the whole image. The flag `--max-scans`.
  public var maxScans: Int {
    didSet { Self.check(maxScans, "maxScans") }
  }

  /// The largest PNG chunk that is not image data, in bytes. The flag `--max-chunk-bytes`.
  public var maxChunkBytes: Int {
    didSet { Self.check(maxChunkBytes, "maxChunkBytes") }
  }

  /// Decodes images that are cut short as far as they go, instead of refusing them. The flag
  /// `--allow-truncated`.
  public var allowTruncated: Bool

  /// Makes limits. The numbers must be positive.
  public init(
    maxPixels: Int = 100_000_000, maxScans: Int = 100, maxChunkBytes: Int = 8_000_000,
    allowTruncated: Bool = false
  ) {
    self.maxPixels = maxPixels
    self.maxScans = maxScans
    self.maxChunkBytes = maxChunkBytes
    self.allowTruncated = allowTruncated
    Self.check(maxPixels, "maxPixels")
    Self.check(maxScans, "maxScans")
    Self.check(maxChunkBytes, "maxChunkBytes")
  }

  private static func check(_ limit: Int, _ name: String) {
    precondition(limit > 0, "DecodeLimits.\(name) must be positive, got \(limit)")
  }
}
