import MillraceImages

/// Measures how much of transparent images is lost on the background. Each thread needs its own.
final class TransparencyMeter {
  private let preprocessing: Preprocessing
  private let overBlack: ImageDecoder
  private let overWhite: ImageDecoder

  init(preprocessing: Preprocessing, limits: DecodeLimits) {
    self.preprocessing = preprocessing
    overBlack = ImageDecoder(limits: limits, background: .zero)
    overWhite = ImageDecoder(limits: limits, background: SIMD3(repeating: 255))
  }

  /// The share of a file's picture that is lost; nil where it cannot be, see `BackgroundLoss/share`.
  func lostShare(_ bytes: UnsafeRawBufferPointer) throws(ImageError) -> Double? {
    guard try overBlack.readHeader(bytes).hasAlpha else { return nil }
    let (channels, size) = (preprocessing.channels, preprocessing.size)
    let black = try overBlack.decode(bytes, channels: channels, atLeast: size)
    let white = try overWhite.decode(bytes, channels: channels, atLeast: size)
    return BackgroundLoss(onBlack: black, onWhite: white, background: preprocessing.background).share
  }
}
