import MillraceRandom

/// Mirrors left and right.
struct HorizontalFlip: Augmentation {
  static let descriptor = AugmentationDescriptor(
    name: "flip", summary: "Mirrors left and right.", source: "standard; Krizhevsky et al., 2012",
    stage: .geometry, defaultProbability: 0.5)

  init(_ arguments: AugmentationArguments) {}

  func draw(using random: inout KeyedRandom) -> DrawnValues { .zero }

  static func compose(_ values: DrawnValues, into composition: inout Composition) {
    composition.move(inverse: .scale(x: -1, y: 1))
  }
}
