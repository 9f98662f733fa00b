import MillraceRandom

/// Turns the picture about its centre.
struct Rotate: Augmentation {
  static let descriptor = AugmentationDescriptor(
    name: "rotate", summary: "Turns the picture about its centre.", source: "Simard, Steinkraus, Platt, 2003",
    stage: .geometry,
    parameters: [
      AugmentationParameter(
        "degrees", .aroundZero, in: -180...180, default: .value(15), unit: "°",
        "the angle, counter-clockwise if positive")
    ],
    draws: [.init("degrees", in: -180...180)], neutral: "0")

  let degrees: ArgumentSpan

  init(_ arguments: AugmentationArguments) { degrees = arguments.span("degrees") }

  func draw(using random: inout KeyedRandom) -> DrawnValues {
    DrawnValues(first: degrees.draw(using: &random))
  }

  static func compose(_ values: DrawnValues, into composition: inout Composition) {
    composition.move(inverse: .rotation(degrees: -Double(values[0])))
  }
}
