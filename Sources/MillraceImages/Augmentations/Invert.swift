import MillraceRandom

/// Makes the negative of the picture.
struct Invert: Augmentation {
  static let descriptor = AugmentationDescriptor(
    name: "invert", summary: "Makes the negative: 255 less each value.",
    source: "as Pillow's ImageOps.invert",
    stage: .color, defaultProbability: 0.1)

  init(_ arguments: AugmentationArguments) {}

  func draw(using random: inout KeyedRandom) -> DrawnValues { .zero }

  static func compose(_ values: DrawnValues, into composition: inout Composition) {
    composition.append(color: .inversion)
  }
}
