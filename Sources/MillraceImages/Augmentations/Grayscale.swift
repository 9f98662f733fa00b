import MillraceRandom

/// Takes all colour out.
struct Grayscale: Augmentation {
  static let descriptor = AugmentationDescriptor(
    name: "grayscale", summary: "Takes all colour out; the picture keeps its channels.",
    source: "Rec. BT.601 luma", stage: .color, defaultProbability: 0.1)

  init(_ arguments: AugmentationArguments) {}

  func draw(using random: inout KeyedRandom) -> DrawnValues { .zero }

  static func compose(_ values: DrawnValues, into composition: inout Composition) {
    composition.append(chroma: .saturation(0))
  }
}
