/// The shapes for which a plan is drawn.
public struct PictureFrame: Sendable, Hashable {
  /// The size of the output.
  public let output: ImageSize
  /// The aspect (width over height) of the part of the source that fills the output, relative to the output's: that
  /// of the whole source until an augmentation takes a part of it.
  public internal(set) var aspect: Double

  /// The frame of a plan of which nothing is drawn yet.
  public init(source: ImageSize, output: ImageSize, fit: PictureFit = .crop) {
    self.output = output
    // These are products of whole numbers, so that equal shapes give exactly 1. A padded or stretched picture fills
    // the whole output.
    aspect =
      fit != .crop
      ? 1 : Double(source.width * output.height) / Double(source.height * output.width)
  }
}
