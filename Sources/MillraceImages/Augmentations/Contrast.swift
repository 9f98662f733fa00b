import MillraceRandom

/// Pulls values away from the mean grey of the picture, or towards it.
struct Contrast: Augmentation {
  static let descriptor = AugmentationDescriptor(
    name: "contrast", summary: "Pulls values away from the mean grey of the picture, or towards it.",
    source: "as Pillow's ImageEnhance.Contrast", stage: .color,
    parameters: [
      AugmentationParameter("factor", .aroundOne, in: 0...10, default: .value(0.2), "1 changes nothing")
    ],
    draws: [.init("factor", in: 0...10)], neutral: "0")

  let factor: ArgumentSpan

  init(_ arguments: AugmentationArguments) { factor = arguments.span("factor") }

  func draw(using random: inout KeyedRandom) -> DrawnValues {
    DrawnValues(first: factor.draw(using: &random))
  }

  static func compose(_ values: DrawnValues, into composition: inout Composition) {
    composition.append(color: .contrast(values[0]))
  }
}
