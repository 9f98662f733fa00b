import MillraceRandom

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// Raises values to a power, which moves the middle tones and keeps black and white.
struct Gamma: PixelAugmentation {
  static let descriptor = AugmentationDescriptor(
    name: "gamma", summary: "Raises values to a power: middle tones move, black and white stay.",
    source: "as torchvision's adjust_gamma, on 8-bit levels", stage: .color,
    parameters: [
      AugmentationParameter(
        "exponent", .aroundOne, in: 0.1...10, default: .value(0.3), "below 1 is lighter, above 1 darker")
    ],
    draws: [.init("exponent", in: 0.1...10)], neutral: "0")

  let exponent: ArgumentSpan

  init(_ arguments: AugmentationArguments) { exponent = arguments.span("exponent") }

  func draw(using random: inout KeyedRandom) -> DrawnValues {
    DrawnValues(first: exponent.drawLogarithmic(using: &random))
  }

  static func apply(_ values: DrawnValues, to planes: PixelPlanes) {
    planes.mapLevels { 255 * powf(Float($0) / 255, values[0]) }
  }
}
