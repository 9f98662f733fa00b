import MillraceRandom

/// Moves the picture.
struct Translate: Augmentation {
  static let descriptor = AugmentationDescriptor(
    name: "translate", summary: "Moves the picture.", source: "Simard, Steinkraus, Platt, 2003",
    stage: .geometry,
    parameters: [
      AugmentationParameter(
        "x", .aroundZero, in: -1...1, default: .value(0.1), "to the right, as a share of the output's width"),
      AugmentationParameter(
        "y", .aroundZero, in: -1...1, default: .value(0.1), "downwards, as a share of the output's height"),
    ],
    main: ["x", "y"], draws: [.init("x", in: -1...1), .init("y", in: -1...1)], neutral: "0")

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
    composition.move(
      inverse: .translation(
        x: -Double(values[0]) * Double(composition.output.width),
        y: -Double(values[1]) * Double(composition.output.height)))
  }
}
