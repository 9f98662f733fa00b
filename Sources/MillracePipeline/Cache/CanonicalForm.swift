package import MillraceImages

/// Everything that decides the pixels of a file before a draw: two loaders with equal forms decode a file to the
/// same bytes.
package struct CanonicalForm: Sendable, Hashable {
  /// Whether colour is kept.
  package var channels: Channels
  /// The size that a decode must leave; see `ImageDecoder`.
  package var atLeast: ImageSize
  /// The colour that transparent pixels show: red, green, blue.
  package var background: SIMD3<UInt8>
  /// The limits on what an image may cost.
  package var limits: DecodeLimits
}

extension ImageLoading {
  /// The form to which the loaders decode.
  package var canonicalForm: CanonicalForm {
    CanonicalForm(
      channels: preprocessing.channels, atLeast: decodedSize, background: preprocessing.background,
      limits: limits)
  }
}

/// A decoded image, and how it was decoded. It is borrowed, like the view in it.
struct CanonicalImage {
  var pixels: ImageView
  var report: DecodeReport
}
