/// How a picture of another shape gets the output's shape (`fit`).
public enum PictureFit: String, Sendable, Hashable, CaseIterable {
  /// The largest centred box of the output's shape fills the output; the rest is cut off.
  case crop
  /// The whole picture is shown, with the background beside it.
  case pad
  /// The whole picture is shown, with its mirror image beside it.
  case padReflect = "pad-reflect"
  /// The whole picture fills the output, so shapes change.
  case stretch

  /// Whether anything else than the picture may be seen at its sides.
  var isPadding: Bool { self == .pad || self == .padReflect }

  /// A picture on which the parts that a crop cuts off are dark.
  ///
  /// - Parameters:
  ///   - image: The whole picture, in any size.
  ///   - output: The size of the output.
  public static func showingCrop(on image: Image, to output: ImageSize) -> Image {
    let size = ImageSize(width: image.width, height: image.height)
    let window = SourceWindow.covering(output, of: size)
    let columns = Int(window.x.rounded())..<Int((window.x + window.width).rounded())
    let rows = Int(window.y.rounded())..<Int((window.y + window.height).rounded())
    var pixels = image.pixels
    let depth = image.channels.rawValue
    for y in 0..<size.height {
      for x in 0..<size.width where !(columns.contains(x) && rows.contains(y)) {
        for channel in 0..<depth { pixels[(y * size.width + x) * depth + channel] /= 4 }
      }
    }
    return Image(width: size.width, height: size.height, channels: image.channels, pixels: pixels)
  }

  /// The share of a picture that is cut off, from 0 to below 1.
  ///
  /// - Parameters:
  ///   - size: The picture's size.
  ///   - output: The size of the output.
  public func cutShare(of size: ImageSize, to output: ImageSize) -> Double {
    guard self == .crop else { return 0 }
    let shape = Double(size.width * output.height) / Double(size.height * output.width)
    return 1 - min(shape, 1 / shape)
  }
}
