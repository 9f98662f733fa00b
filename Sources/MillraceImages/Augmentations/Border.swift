import MillraceRandom

/// Says what is seen where a picture has been moved away; a fit that pads says it instead.
struct Border: Augmentation {
  static let descriptor = AugmentationDescriptor(
    name: "border", summary: "Says what is seen where a picture has been moved away; not random.",
    source: "standard", stage: .geometry,
    parameters: [
      AugmentationParameter(
        "mode", oneOf: BorderMode.allCases.map(\.name),
        "the background colour, the nearest pixel, or the picture mirrored")
    ],
    draws: [.init("mode", in: 0...2)], neutral: "constant", isUnique: true)

  let mode: Int

  init(_ arguments: AugmentationArguments) { mode = arguments.choice("mode") }

  func draw(using random: inout KeyedRandom) -> DrawnValues { DrawnValues(first: Float(mode)) }

  static func compose(_ values: DrawnValues, into composition: inout Composition) {
    composition.surround(with: BorderMode(rawValue: Int(values[0])) ?? .constant)
  }
}
