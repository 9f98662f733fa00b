import MillraceRandom

/// Turns all colours about the axis of greys.
struct Hue: Augmentation {
  static let descriptor = AugmentationDescriptor(
    name: "hue", summary: "Turns all colours about the axis of greys; keeps luma.",
    source: "rotation in the plane of U and V; Haeberli, 1993", stage: .color,
    parameters: [
      AugmentationParameter(
        "degrees", .aroundZero, in: -180...180, default: .value(18), unit: "°",
        "from red to yellow if positive")
    ],
    draws: [.init("degrees", in: -180...180)], neutral: "0")

  let degrees: ArgumentSpan

  init(_ arguments: AugmentationArguments) { degrees = arguments.span("degrees") }

  func draw(using random: inout KeyedRandom) -> DrawnValues {
    DrawnValues(first: degrees.draw(using: &random))
  }

  static func compose(_ values: DrawnValues, into composition: inout Composition) {
    composition.append(chroma: .hue(degrees: values[0]))
  }
}
