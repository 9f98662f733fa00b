import MillraceRandom

/// Changes brightness, contrast, saturation and hue, in that order.
struct Jitter: Augmentation {
  static let descriptor = AugmentationDescriptor(
    name: "jitter", summary: "Changes brightness, contrast, saturation and hue, in that order.",
    source: "as torchvision's ColorJitter", stage: .color,
    parameters: ["brightness", "contrast", "saturation"].map {
      AugmentationParameter($0, .aroundOne, in: 0...10, default: .value(0.2), "1 changes nothing")
    } + [
      AugmentationParameter(
        "hue", .aroundZero, in: -180...180, default: .value(0), unit: "°", "from red to yellow if positive")
    ],
    main: ["brightness", "contrast", "saturation"],
    draws: [
      .init("brightness", in: 0...10), .init("contrast", in: 0...10), .init("saturation", in: 0...10),
      .init("hue", in: -180...180),
    ], neutral: "0")

  let brightness: ArgumentSpan
  let contrast: ArgumentSpan
  let saturation: ArgumentSpan
  let hue: ArgumentSpan

  init(_ arguments: AugmentationArguments) {
    brightness = arguments.span("brightness")
    contrast = arguments.span("contrast")
    saturation = arguments.span("saturation")
    hue = arguments.span("hue")
  }

  func draw(using random: inout KeyedRandom) -> DrawnValues {
    DrawnValues(
      first: brightness.draw(using: &random), contrast.draw(using: &random),
      saturation.draw(using: &random), hue.draw(using: &random))
  }

  static func compose(_ values: DrawnValues, into composition: inout Composition) {
    composition.append(color: .brightness(values[0]))
    composition.append(color: .contrast(values[1]))
    composition.append(chroma: .saturation(values[2]))
    if values[3] != 0 { composition.append(chroma: .hue(degrees: values[3])) }
  }
}
