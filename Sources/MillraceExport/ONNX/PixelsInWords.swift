import MillraceImages

extension Preprocessing {
  /// How an image becomes what a graph takes, for who writes a program that calls it.
  func inWords(_ input: ONNXInput) -> String {
    switch input {
    case .pixels: pixelsInWords
    case .image: pictureInWords
    }
  }

  /// What a picture must be that is brought to the size by what takes it.
  var pictureInWords: String {
    """
    uint8 of (height, width, 3), red, green and blue, of any size, not resized and not normalised. 1. The image is decoded \
    to 8 bits a channel; transparent pixels show the background (\(background.x), \(background.y), \(background.z)). 2. It \
    is turned upright as EXIF says. What takes it does the rest. \(fitInWords) is brought to \(size.width) × \(size.height)\
    \(channels == .gray ? " in gray" : "") and normalised.
    """
  }

  /// How an image becomes a graph's input, for who writes a program that calls it.
  var pixelsInWords: String {
    let (width, height) = (size.width, size.height)
    let colors =
      channels == .gray
      ? "gray (luma 0.299, 0.587, 0.114; the Y of a JPEG as it is)" : "planes of red, green and blue"
    let kept = decodedSize
    return """
      float32 of (batch, \(channels.rawValue), \(height), \(width)), \(colors), from 0 to 255, not rounded, not \
      normalised. 1. The image is decoded to 8 bits a channel; transparent pixels show the background \
      (\(background.x), \(background.y), \(background.z)). 2. It is reduced by the largest n of 8, 4, 2 and 1 that leaves \
      at least \(kept.width) × \(kept.height) pixels as seen upright, sides rounded up: a JPEG by libjpeg while it decodes, a \
      PNG by the mean of each n × n pixels. 3. It is turned upright as EXIF says. 4. \(fitInWords), to fractions of pixels of the unreduced image, is brought to \(width) × \(height) by a triangle \
      filter: bilinear, and as wide as a pixel of the output where that is the larger (Pillow: resize with BILINEAR \
      and box, in mode F).\(paddingInWords) The documentation of millrace export has it as a function in Python.
      """
  }

  private var fitInWords: String {
    switch fit {
    case .crop: "The largest centred box of the shape \(size.width):\(size.height)"
    case .pad, .padReflect:
      "The smallest centred box of the shape \(size.width):\(size.height) about all of the image"
    case .stretch: "All of the image, whatever its shape"
    }
  }

  private var paddingInWords: String {
    switch fit {
    case .crop, .stretch: ""
    case .pad:
      " What lies outside of the image has the background's colour: a pixel of the output shows as much of it as lies outside, "
        + "and the rest is filtered of the image alone."
    case .padReflect: " Outside of the image lies its mirror image, whose outermost pixels are not repeated."
    }
  }
}
