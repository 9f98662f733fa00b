import MillraceRandom

/// The share of an area that a box takes, and its width over its height.
struct DrawnBox: Hashable {
  var area: Float
  var ratio: Float

  /// How often a box is drawn until one fits.
  static let tries = 10

  /// Whether the box fits within a shape, in units in which a ratio of 1 is a square.
  func fits(within aspect: Double) -> Bool {
    Double(area) * Double(ratio) <= aspect && Double(area) * aspect <= Double(ratio)
  }

  /// The largest box of a ratio that fits within a shape.
  static func largest(ratio: Float, within aspect: Double) -> DrawnBox {
    DrawnBox(area: Float(min(Double(ratio) / aspect, aspect / Double(ratio))), ratio: ratio)
  }

  /// A box of random area and shape, drawn anew, up to ten times, until it fits.
  ///
  /// Source: Szegedy et al., "Going deeper with convolutions", 2015; the number of tries is that of torchvision's
  /// RandomResizedCrop.
  ///
  /// - Returns: The last box that was drawn, and whether it fits.
  static func draw(
    area: ArgumentSpan, ratio: ArgumentSpan, within aspect: Double, using random: inout KeyedRandom
  ) -> (box: DrawnBox, fits: Bool) {
    var box = DrawnBox(area: 0, ratio: 1)
    for _ in 0..<tries {
      box = DrawnBox(area: area.draw(using: &random), ratio: ratio.drawLogarithmic(using: &random))
      if box.fits(within: aspect) { return (box, true) }
    }
    return (box, false)
  }
}
