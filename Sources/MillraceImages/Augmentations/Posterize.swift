import MillraceRandom

/// Keeps only the highest bits of each value.
struct Posterize: PixelAugmentation {
  static let descriptor = AugmentationDescriptor(
    name: "posterize", summary: "Keeps only the highest bits of each value.",
    source: "as Pillow's ImageOps.posterize", stage: .color,
    parameters: [
      AugmentationParameter("bits", .whole, in: 1...8, default: .range(4, 7), "how many bits stay")
    ],
    draws: [.init("bits", in: 1...8)], neutral: "8")

  let bits: ArgumentSpan

  init(_ arguments: AugmentationArguments) { bits = arguments.span("bits") }

  func draw(using random: inout KeyedRandom) -> DrawnValues {
    DrawnValues(first: bits.drawWhole(using: &random))
  }

  static func apply(_ values: DrawnValues, to planes: PixelPlanes) {
    let mask = ~((1 << (8 - Int(values[0]))) - 1)
    planes.mapLevels { Float($0 & mask) }
  }
}
