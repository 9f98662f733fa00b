/// Brings pixels that lie in memory to what ``ImageDecoder`` makes of a PNG file that holds them.
///
/// One serves one thread. It owns its buffers and reuses them.
package struct PixelIntake: ~Copyable {
  private var boxReduction = BoxReduction()
  private var converted = ReusedBuffer<UInt8>()
  private var reduced = ReusedBuffer<UInt8>()

  /// Makes an intake without buffers.
  package init() {}

  /// Converts the channels, and reduces the picture as far as the caller can do with.
  ///
  /// - Parameters:
  ///   - image: An upright picture.
  ///   - channels: What the result has; colours turn gray by Rec. 601 luma.
  ///   - atLeast: The smallest size that will do: see ``ImageDecoder/decode(_:channels:atLeast:)``.
  /// - Returns: The picture, valid until the next one and as long as `image` is, and what was done to it.
  package mutating func take(
    _ image: ImageView, channels: Channels, atLeast: ImageSize
  ) -> (pixels: ImageView, report: DecodeReport) {
    let size = ImageSize(width: image.width, height: image.height)
    let reduction = size.reduction(leaving: atLeast)
    var view = image.channels == channels ? image : convert(image, to: channels)
    if reduction > 1 {
      let left = size.reduced(by: reduction)
      let out = reduced.reserve(left.width * left.height * channels.rawValue)
      boxReduction.reduce(view, by: reduction, into: out)
      view = ImageView(base: out, width: left.width, height: left.height, channels: channels)
    }
    return (
      view,
      DecodeReport(
        format: .png, originalSize: size, reduction: reduction, orientation: .upright, warnings: 0,
        isTruncated: false)
    )
  }

  private mutating func convert(_ image: ImageView, to channels: Channels) -> ImageView {
    let count = image.width * image.height
    let out = converted.reserve(count * channels.rawValue)
    switch channels {
    case .rgb:
      for i in 0..<count {
        for channel in 0..<3 { out[3 * i + channel] = image.base[i] }
      }
    case .gray:
      for i in 0..<count {
        out[i] = Luma.level(
          red: image.base[3 * i], green: image.base[3 * i + 1], blue: image.base[3 * i + 2])
      }
    }
    return ImageView(base: out, width: image.width, height: image.height, channels: channels)
  }
}
