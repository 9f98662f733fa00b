import MillraceRandom

/// Moves the picture by whole pixels, as padding and then cropping to the old size does.
struct PadCrop: Augmentation {
  static let descriptor = AugmentationDescriptor(
    name: "pad-crop", summary: "Moves the picture by whole pixels, as padding and cropping again does.",
    source: "Lee et al., \"Deeply-supervised nets\", 2015", stage: .geometry,
    parameters: [
      AugmentationParameter(
        "pixels", .count, in: 0...256, default: .value(4), unit: " px", "the padding on each side")
    ],
    draws: [.init("x", in: -256...256), .init("y", in: -256...256)], neutral: "0")

  let pixels: Float

  init(_ arguments: AugmentationArguments) { pixels = arguments.span("pixels").high }

  func draw(using random: inout KeyedRandom) -> DrawnValues {
    let span = ArgumentSpan(low: -pixels, high: pixels)
    return DrawnValues(first: span.drawWhole(using: &random), span.drawWhole(using: &random))
  }

  static func compose(_ values: DrawnValues, into composition: inout Composition) {
    composition.move(inverse: .translation(x: -Double(values[0]), y: -Double(values[1])))
  }
}
