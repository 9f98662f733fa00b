import MillraceRandom

/// Shows the picture from the side: each corner moves inwards by its own amount.
struct Perspective: Augmentation {
  static let descriptor = AugmentationDescriptor(
    name: "perspective", summary: "Sees the picture from aside: each corner moves inwards by its own amount.",
    source: "as torchvision's RandomPerspective", stage: .geometry,
    parameters: [
      AugmentationParameter(
        "distortion", .upTo, in: 0...0.8, default: .value(0.25),
        "how far a corner moves, as a share of half the width and height")
    ],
    draws: ["left1", "top1", "right2", "top2", "right3", "bottom3", "left4", "bottom4"].map {
      .init($0, in: 0...0.8)
    }, neutral: "0")

  let distortion: ArgumentSpan

  init(_ arguments: AugmentationArguments) { distortion = arguments.span("distortion") }

  func draw(using random: inout KeyedRandom) -> DrawnValues {
    var values = DrawnValues.zero
    for place in values.indices { values[place] = distortion.draw(using: &random) }
    return values
  }

  static func compose(_ values: DrawnValues, into composition: inout Composition) {
    if values == .zero { return }
    let half = SIMD2(Double(composition.output.width), Double(composition.output.height)) / 2
    func corner(_ sign: SIMD2<Double>, _ place: Int) -> SIMD2<Double> {
      sign * half * (1 - SIMD2(Double(values[place]), Double(values[place + 1])))
    }
    let quad = ProjectiveMap.unitSquare(
      to: (corner([-1, -1], 0), corner([1, -1], 2), corner([1, 1], 4), corner([-1, 1], 6)))
    let toSquare = ProjectiveMap(a: 0.5 / half.x, c: 0.5, e: 0.5 / half.y, f: 0.5)
    composition.move(inverse: (quad * toSquare).inverse)
  }
}
