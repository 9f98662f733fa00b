/// The shapes that a plan is drawn for.
public struct PictureFrame: Sendable, Hashable {
  /// The size of the output.
  public let output: ImageSize
  /// The width over the height of the part of the source that fills the output, relative to the output's: the whole
  /// source's until something is drawn that takes a part of it.
  public internal(set) var aspect: Double

  /// The frame of a plan of which nothing is drawn yet.
  public init(source: ImageSize, output: ImageSize, fit: PictureFit = .crop) {
    self.output = output
    // Products of whole numbers, so that equal shapes give exactly 1. What is padded or stretched fills the output whole.
    aspect =
      fit != .crop
      ? 1 : Double(source.width * output.height) / Double(source.height * output.width)
  }
}
