import Millrace

/// Darkens a picture towards its corners.
struct Vignette: PixelAugmentation {
  static let descriptor = AugmentationDescriptor(
    name: "vignette", summary: "Darkens the picture towards its corners.", source: "as lenses do",
    stage: .local,
    parameters: [
      AugmentationParameter(
        "strength", .upTo, in: 0...1, default: .value(0.5), "how much light the corners lose")
    ],
    draws: [.init("strength", in: 0...1)], neutral: "0")

  let strength: ArgumentSpan

  init(_ arguments: AugmentationArguments) { strength = arguments.span("strength") }

  func draw(using random: inout KeyedRandom) -> DrawnValues {
    DrawnValues(first: strength.draw(using: &random))
  }

  static func apply(_ values: DrawnValues, to planes: PixelPlanes) {
    for y in 0..<planes.height {
      for x in 0..<planes.width {
        // From −1 to 1 along each side; the square of the distance is 2 in a corner.
        let u = Float(2 * x + 1) / Float(planes.width) - 1
        let v = Float(2 * y + 1) / Float(planes.height) - 1
        let light = 1 - values[0] * (u * u + v * v) / 2
        for channel in 0..<planes.channels { planes.plane(channel)[y * planes.width + x] *= light }
      }
    }
  }
}
