import MillraceRandom

/// Enlarges or shrinks about the centre.
struct Scale: Augmentation {
  static let descriptor = AugmentationDescriptor(
    name: "scale", summary: "Enlarges or shrinks about the centre.",
    source: "Simard, Steinkraus, Platt, 2003", stage: .geometry,
    parameters: [
      AugmentationParameter("factor", .aroundOne, in: 0.1...10, default: .value(0.15), "the enlargement")
    ],
    draws: [.init("factor", in: 0.1...10)], neutral: "0")

  let factor: ArgumentSpan

  init(_ arguments: AugmentationArguments) { factor = arguments.span("factor") }

  func draw(using random: inout KeyedRandom) -> DrawnValues {
    DrawnValues(first: factor.draw(using: &random))
  }

  static func compose(_ values: DrawnValues, into composition: inout Composition) {
    composition.move(inverse: .scale(x: 1 / Double(values[0]), y: 1 / Double(values[0])))
  }

  var magnification: Float { max(1, factor.high) }
}
