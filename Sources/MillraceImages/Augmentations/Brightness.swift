import MillraceRandom

/// Makes the picture lighter or darker: multiplies every value by a factor.
struct Brightness: Augmentation {
  static let descriptor = AugmentationDescriptor(
    name: "brightness", summary: "Makes lighter or darker: every value times a factor.",
    source: "as Pillow's ImageEnhance.Brightness", stage: .color,
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
    composition.append(color: .brightness(values[0]))
  }
}
