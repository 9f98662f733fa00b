import MillraceRandom

/// Slants the picture.
struct Shear: Augmentation {
  static let descriptor = AugmentationDescriptor(
    name: "shear", summary: "Slants the picture along x, along y, or both.", source: "Cireşan et al., 2010",
    stage: .geometry,
    parameters: [
      AugmentationParameter(
        "x", .aroundZero, in: -60...60, default: .value(10), unit: "°", "how far upright lines lean"),
      AugmentationParameter(
        "y", .aroundZero, in: -60...60, default: .value(0), unit: "°", "how far level lines fall"),
    ],
    draws: [.init("x", in: -60...60), .init("y", in: -60...60)], neutral: "0")

  let x: ArgumentSpan
  let y: ArgumentSpan

  init(_ arguments: AugmentationArguments) {
    x = arguments.span("x")
    y = arguments.span("y")
  }

  func draw(using random: inout KeyedRandom) -> DrawnValues {
    DrawnValues(first: x.draw(using: &random), y.draw(using: &random))
  }

  static func compose(_ values: DrawnValues, into composition: inout Composition) {
    // The picture is slanted first along x, then along y, so that the map can be undone for any two angles.
    composition.move(inverse: .shear(xDegrees: -Double(values[0]), yDegrees: 0))
    composition.move(inverse: .shear(xDegrees: 0, yDegrees: -Double(values[1])))
  }
}
