import MillraceRandom

/// Takes a box of random area and shape from the source and lets it fill the output.
struct Crop: Augmentation {
  static let descriptor = AugmentationDescriptor(
    name: "crop",
    summary: "Takes a box of random area and shape from the source and lets it fill the output.",
    source: "Szegedy et al., \"Going deeper with convolutions\", 2015", stage: .geometry,
    parameters: [
      AugmentationParameter(
        "scale", in: 0.01...1, default: .range(0.5, 1), "the box's share of the source's area"),
      AugmentationParameter(
        "ratio", in: 0.1...10, default: .range(0.75, 1.3333334),
        "the box's width over its height, relative to the output's"),
    ],
    draws: [
      // The largest box of a given shape takes little of a source that is very long and narrow.
      .init("area", in: 1e-9...1), .init("ratio", in: 0.1...10), .init("x", in: 0...1), .init("y", in: 0...1),
    ], neutral: "1;ratio=1")

  let scale: ArgumentSpan
  let ratio: ArgumentSpan

  init(_ arguments: AugmentationArguments) {
    scale = arguments.span("scale")
    ratio = arguments.span("ratio")
  }

  func draw(using random: inout KeyedRandom) -> DrawnValues {
    DrawnValues(
      first: scale.draw(using: &random), ratio.drawLogarithmic(using: &random), random.uniform(),
      random.uniform())
  }

  /// Draws a box anew, up to ten times, where it does not fit; then takes the largest centred box whose shape is
  /// nearest to the source's.
  func draw(using random: inout KeyedRandom, in frame: inout PictureFrame) -> DrawnValues {
    // The place is drawn first, so that it does not depend on how many boxes are drawn.
    var place = SIMD2(random.uniform(), random.uniform())
    var (box, fits) = DrawnBox.draw(area: scale, ratio: ratio, within: frame.aspect, using: &random)
    if !fits {
      box = .largest(ratio: min(ratio.high, max(ratio.low, Float(frame.aspect))), within: frame.aspect)
      place = [0.5, 0.5]
    }
    frame.aspect = Double(box.ratio)
    return DrawnValues(first: box.area, box.ratio, place.x, place.y)
  }

  static func compose(_ values: DrawnValues, into composition: inout Composition) {
    composition.crop(
      area: Double(values[0]), ratio: Double(values[1]), x: Double(values[2]), y: Double(values[3]))
  }

  /// How much the shorter side of the smallest box is enlarged; the largest box of a shape depends on the shape
  /// alone.
  var magnification: Float {
    let shape = max(ratio.high, 1 / ratio.low)
    return max((shape / scale.low).squareRoot(), shape)
  }
}
