package import MillraceImages
public import MillracePipeline

/// What an image file may cost before it counts as bad, and what becomes of bad ones.
public struct ReadingOptions: Sendable, Hashable {
  /// The largest width × height (`max-pixels`), at least 1.
  public var maxPixels = DecodeLimits().maxPixels
  /// The most scans of a progressive JPEG (`max-scans`), at least 1.
  public var maxScans = DecodeLimits().maxScans
  /// The largest PNG chunk that is not image data, in bytes (`max-chunk-bytes`), at least 1.
  public var maxChunkBytes = DecodeLimits().maxChunkBytes
  /// The largest file, in bytes (`max-file-bytes`), at least 1.
  public var maxFileBytes = 1 << 28
  /// Whether an image that is cut short is used as far as it goes (`allow-truncated`).
  public var allowTruncated = false

  /// Whether a bad file is left out or ends the run (`on-bad-file`).
  public var onBadFile = BadSamplePolicy.skip
  /// How many may be bad before the run ends all the same (`max-bad`).
  public var maxBad = BadFileLimit.auto

  /// The defaults.
  public init() {}

  /// Checks every range.
  ///
  /// - Throws: ``ConfigurationError`` for the first setting out of range.
  public func validate() throws(ConfigurationError) {
    for (setting, value) in [
      ("max-pixels", maxPixels), ("max-scans", maxScans), ("max-chunk-bytes", maxChunkBytes),
      ("max-file-bytes", maxFileBytes),
    ] {
      try require((1...1 << 40).contains(value), setting, "must be from 1 to 2^40, got \(value)")
    }
  }

  /// The decoder's form.
  package var decodeLimits: DecodeLimits {
    DecodeLimits(
      maxPixels: maxPixels, maxScans: maxScans, maxChunkBytes: maxChunkBytes, allowTruncated: allowTruncated)
  }
}

extension ImageLoading {
  /// The same loading within other limits.
  package func reading(_ options: ReadingOptions) -> ImageLoading {
    var loading = self
    loading.limits = options.decodeLimits
    loading.maxFileBytes = options.maxFileBytes
    return loading
  }
}
