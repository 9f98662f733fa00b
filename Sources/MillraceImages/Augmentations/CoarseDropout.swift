import MillraceRandom

/// Erases cells of a coarse grid, each with the same probability.
struct CoarseDropout: PixelAugmentation {
  static let descriptor = AugmentationDescriptor(
    name: "coarse-dropout", summary: "Erases cells of a coarse grid, each with the same probability.",
    source: "as imgaug's CoarseDropout", stage: .local,
    parameters: [
      AugmentationParameter("share", in: 0...1, default: .range(0, 0.15), "the probability of a cell"),
      AugmentationParameter(
        "size", in: 0.01...1, default: .range(0.06, 0.2),
        "a cell's side, as a share of the picture's shorter one"),
      PixelFill.parameter,
    ],
    draws: [.init("share", in: 0...1), .init("size", in: 0.01...1), .init("fill", in: 0...2)]
      + AugmentationDescriptor.DrawnValue.keyHalves,
    neutral: "0")

  let share: ArgumentSpan
  let size: ArgumentSpan
  let fill: Int

  init(_ arguments: AugmentationArguments) {
    share = arguments.span("share")
    size = arguments.span("size")
    fill = arguments.choice("fill")
  }

  func draw(using random: inout KeyedRandom) -> DrawnValues {
    DrawnValues(
      first: share.draw(using: &random), size.draw(using: &random), Float(fill), random.halfKey(),
      random.halfKey())
  }

  static func apply(_ values: DrawnValues, to planes: PixelPlanes) {
    let side = max(1, Int((values[1] * Float(min(planes.width, planes.height))).rounded()))
    let key = values.key(at: 3)
    var filler = PixelFiller(PixelFill(rawValue: Int(values[2])) ?? .constant, of: planes, key: key)
    // The cells have a stream of their own, so the choice of cells does not depend on what fills them.
    var cells = KeyedRandom(seed: key, purpose: .noise, sample: 1)
    for top in stride(from: 0, to: planes.height, by: side) {
      for left in stride(from: 0, to: planes.width, by: side) where cells.bernoulli(values[0]) {
        filler.fill(columns: left..<left + side, rows: top..<top + side)
      }
    }
  }
}
