/// How much of a transparent image's picture cannot be told from the background.
package struct BackgroundLoss: Sendable, Hashable {
  /// The visible area, in pixels: the sum of all opacities.
  package let visible: Double
  /// The part of the visible area that has the colour of the background, or nearly.
  package let lost: Double
  /// The area through which the background is seen, in pixels.
  package let open: Double

  /// A colour is lost that differs from the background by at most this many levels of 255 in each channel.
  package static let levels = 16.0

  /// The share of the visible area that is lost; nil where next to nothing is visible, or where less than a
  /// hundredth of the image is transparent: then nothing can be lost on the background, whatever its colour is.
  package var share: Double? {
    let area = visible + open
    return visible >= area / 1000 && open >= area / 100 ? lost / visible : nil
  }

  /// Compares an image with a background. Two decodes show how opaque a pixel is: the more transparent it is, the
  /// lighter it is over white than over black.
  ///
  /// - Parameters:
  ///   - onBlack: The image over black.
  ///   - onWhite: The same image over white.
  ///   - background: Red, green and blue; a gray image takes their luma.
  package init(onBlack: ImageView, onWhite: ImageView, background: SIMD3<UInt8>) {
    precondition(
      onBlack.width == onWhite.width && onBlack.height == onWhite.height
        && onBlack.channels == onWhite.channels, "two decodes of one image must have one form")
    let channels = onBlack.channels.rawValue
    let color = SIMD3<Float>(background)
    let levels =
      onBlack.channels == .rgb
      ? [color.x, color.y, color.z].map { Double($0) } : [Double(Luma.of(color).rounded())]
    var (visible, lost) = (0.0, 0.0)
    let count = onBlack.width * onBlack.height
    for pixel in 0..<count {
      var opacity = 0.0
      for channel in 0..<channels {
        let place = pixel * channels + channel
        opacity += 1 - (Double(onWhite.base[place]) - Double(onBlack.base[place])) / 255
      }
      opacity = min(1, max(0, opacity / Double(channels)))
      // The difference is opacity times the difference in colour; one more level allows for the rounding of both
      // decodes.
      let isLost = (0..<channels).allSatisfy { channel in
        abs(Double(onBlack.base[pixel * channels + channel]) - opacity * levels[channel])
          <= Self.levels * opacity + 1
      }
      visible += opacity
      if isLost { lost += opacity }
    }
    (self.visible, self.lost, open) = (visible, lost, Double(count) - visible)
  }
}
