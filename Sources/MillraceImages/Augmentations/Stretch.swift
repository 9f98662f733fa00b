import MillraceRandom

/// Enlarges or shrinks width and height independently.
struct Stretch: Augmentation {
  static let descriptor = AugmentationDescriptor(
    name: "stretch", summary: "Enlarges or shrinks width and height independently.",
    source: "Cireşan et al., 2010", stage: .geometry,
    parameters: [
      AugmentationParameter("x", .aroundOne, in: 0.1...10, default: .value(0.15), "the factor on the width"),
      AugmentationParameter("y", .aroundOne, in: 0.1...10, default: .value(0.15), "the factor on the height"),
    ],
    main: ["x", "y"], draws: [.init("x", in: 0.1...10), .init("y", in: 0.1...10)], neutral: "0")

  let x: ArgumentSpan
  let y: ArgumentSpan

  init(_ arguments: AugmentationArguments) {
    x = arguments.span("x")
    y = arguments.span("y")
  }

  func draw(using random: inout KeyedRandom) -> DrawnValues {
    DrawnValues(first: x.draw(using: &random), y.draw(using: &random))
  }

  static func compose(_ values: DrawnValues, into composition: inout Composition) {
    composition.move(inverse: .scale(x: 1 / Double(values[0]), y: 1 / Double(values[1])))
  }

  var magnification: Float { max(1, x.high, y.high) }
}
