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
      .init("area", in: 0.01...1), .init("ratio", in: 0.1...10), .init("x", in: 0...1), .init("y", in: 0...1),
    ], neutral: "1;ratio=1")

  let scale: ArgumentSpan
  let ratio: ArgumentSpan

  init(_ arguments: AugmentationArguments) {
    scale = arguments.span("scale")
    ratio = arguments.span("ratio")
  }

  func draw(using random: inout KeyedRandom) -> DrawnValues {
    var values = DrawnValues.zero
    values[0] = scale.draw(using: &random)
    values[1] = ratio.drawLogarithmic(using: &random)
    values[2] = random.uniform()
    values[3] = random.uniform()
    return values
  }

  static func compose(_ values: DrawnValues, into composition: inout Composition) {
    composition.crop(
      area: Double(values[0]), ratio: Double(values[1]), x: Double(values[2]), y: Double(values[3]))
  }

  /// The shorter side of the smallest box; a box shrunk to fit the source is bounded by its shape alone.
  var magnification: Float {
    let shape = max(ratio.high, 1 / ratio.low)
    return max((shape / scale.low).squareRoot(), shape)
  }
}
