import MillraceRandom

/// Bends straight lines as a lens does: barrel or pincushion.
struct Lens: Augmentation {
  static let descriptor = AugmentationDescriptor(
    name: "lens", summary: "Bends straight lines as a lens does: barrel if positive, pincushion if negative.",
    source: "Brown, \"Close-range camera calibration\", 1971", stage: .geometry,
    parameters: [
      AugmentationParameter(
        "k1", .aroundZero, in: -0.3...0.3, default: .value(0.15), "the term of the squared radius"),
      AugmentationParameter(
        "k2", .aroundZero, in: -0.05...0.05, default: .value(0), "the term of its square"),
      AugmentationParameter(
        "center", .aroundZero, in: -0.5...0.5, default: .value(0.1),
        "how far off the centre the axis lies, as a share of width and height"),
    ],
    draws: [
      .init("k1", in: -0.3...0.3), .init("k2", in: -0.05...0.05), .init("x", in: -0.5...0.5),
      .init("y", in: -0.5...0.5),
    ], neutral: "0", isUnique: true)

  let k1: ArgumentSpan
  let k2: ArgumentSpan
  let center: ArgumentSpan

  init(_ arguments: AugmentationArguments) {
    k1 = arguments.span("k1")
    k2 = arguments.span("k2")
    center = arguments.span("center")
  }

  func draw(using random: inout KeyedRandom) -> DrawnValues {
    DrawnValues(
      first: k1.draw(using: &random), k2.draw(using: &random), center.draw(using: &random),
      center.draw(using: &random))
  }

  static func compose(_ values: DrawnValues, into composition: inout Composition) {
    let size = SIMD2(Double(composition.output.width), Double(composition.output.height))
    composition.distort(
      LensDistortion(
        k1: Double(values[0]), k2: Double(values[1]),
        center: SIMD2(Double(values[2]), Double(values[3])) * size,
        inverseSquaredRadius: 4 / (size * size).sum()))
  }
}
