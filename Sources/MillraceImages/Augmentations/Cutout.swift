import MillraceRandom

/// Erases a square with its centre anywhere, so part of it may lie outside.
struct Cutout: PixelAugmentation {
  static let descriptor = AugmentationDescriptor(
    name: "cutout", summary: "Erases a square with its centre anywhere; part of it may lie outside.",
    source: "DeVries and Taylor, \"Cutout\", 2017", stage: .local,
    parameters: [
      AugmentationParameter(
        "size", in: 0...1, default: .value(0.5), "its side, as a share of the picture's shorter one"),
      PixelFill.parameter,
    ],
    draws: [
      .init("size", in: 0...1), .init("x", in: 0...1), .init("y", in: 0...1), .init("fill", in: 0...2),
    ] + AugmentationDescriptor.DrawnValue.keyHalves,
    neutral: "0")

  let size: ArgumentSpan
  let fill: Int

  init(_ arguments: AugmentationArguments) {
    size = arguments.span("size")
    fill = arguments.choice("fill")
  }

  func draw(using random: inout KeyedRandom) -> DrawnValues {
    DrawnValues(
      first: size.draw(using: &random), random.uniform(), random.uniform(), Float(fill), random.halfKey(),
      random.halfKey())
  }

  static func apply(_ values: DrawnValues, to planes: PixelPlanes) {
    let side = Int((values[0] * Float(min(planes.width, planes.height))).rounded())
    let left = Int(values[1] * Float(planes.width)) - side / 2
    let top = Int(values[2] * Float(planes.height)) - side / 2
    var filler = PixelFiller(
      PixelFill(rawValue: Int(values[3])) ?? .constant, of: planes, key: values.key(at: 4))
    filler.fill(columns: left..<left + side, rows: top..<top + side)
  }
}
