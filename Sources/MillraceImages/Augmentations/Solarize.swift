import MillraceRandom

/// Makes the negative of the bright parts.
struct Solarize: PixelAugmentation {
  static let descriptor = AugmentationDescriptor(
    name: "solarize", summary: "Makes the negative of what is bright.",
    source: "as Pillow's ImageOps.solarize", stage: .color,
    parameters: [
      AugmentationParameter(
        "threshold", in: 0...256, default: .range(128, 256), "the level from which values turn over")
    ],
    draws: [.init("threshold", in: 0...256)], neutral: "256")

  let threshold: ArgumentSpan

  init(_ arguments: AugmentationArguments) { threshold = arguments.span("threshold") }

  func draw(using random: inout KeyedRandom) -> DrawnValues {
    DrawnValues(first: threshold.draw(using: &random))
  }

  static func apply(_ values: DrawnValues, to planes: PixelPlanes) {
    planes.mapLevels { Float($0) < values[0] ? Float($0) : Float(255 - $0) }
  }
}
