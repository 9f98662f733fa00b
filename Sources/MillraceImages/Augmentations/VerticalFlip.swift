import MillraceRandom

/// Mirrors top and bottom.
struct VerticalFlip: Augmentation {
  static let descriptor = AugmentationDescriptor(
    name: "vertical-flip", summary: "Mirrors top and bottom.", source: "standard", stage: .geometry,
    defaultProbability: 0.5)

  init(_ arguments: AugmentationArguments) {}

  func draw(using random: inout KeyedRandom) -> DrawnValues { .zero }

  static func compose(_ values: DrawnValues, into composition: inout Composition) {
    composition.move(inverse: .scale(x: 1, y: -1))
  }
}
