import MillraceImages

extension Preprocessing {
  /// The background's value in each channel, from 0 to 255.
  var backgroundLevels: [Float] {
    channels == .gray
      ? [RGBColor(background).luma.rounded()]
      : [Float(background.x), Float(background.y), Float(background.z)]
  }
}
