import MillraceRandom

/// Pulls colours away from their own grey, or towards it.
struct Saturation: Augmentation {
  static let descriptor = AugmentationDescriptor(
    name: "saturation", summary: "Pulls colours away from their own grey, or towards it.",
    source: "as Pillow's ImageEnhance.Color", stage: .color,
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
    composition.append(chroma: .saturation(values[0]))
  }
}
