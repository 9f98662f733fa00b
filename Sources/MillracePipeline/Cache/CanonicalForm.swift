public import MillraceImages

/// Everything that decides what a file's pixels become before a draw: two loaders of one form decode a file to the
/// same bytes.
public struct CanonicalForm: Sendable, Hashable {
  /// Whether colour is kept.
  public var channels: Channels
  /// The size that a decode must leave; see `ImageDecoder`.
  public var atLeast: ImageSize
  /// What transparent pixels show: red, green, blue.
  public var background: SIMD3<UInt8>
  /// What an image may cost.
  public var limits: DecodeLimits
}

extension ImageLoading {
  /// The form that its loaders decode to.
  public var canonicalForm: CanonicalForm {
    CanonicalForm(
      channels: preprocessing.channels, atLeast: decodedSize, background: preprocessing.background,
      limits: limits)
  }
}

/// A decoded image, and how it was decoded. Borrowed, like the view in it.
struct CanonicalImage {
  var pixels: ImageView
  var report: DecodeReport
}
