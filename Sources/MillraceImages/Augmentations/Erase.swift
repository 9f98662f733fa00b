import MillraceRandom

/// Erases a box of random area and shape that lies completely inside.
struct Erase: PixelAugmentation {
  static let descriptor = AugmentationDescriptor(
    name: "erase", summary: "Erases a box of random area and shape.",
    source: "Zhong et al., \"Random erasing data augmentation\", 2017", stage: .local,
    parameters: [
      AugmentationParameter(
        "area", in: 0...1, default: .range(0.02, 0.33), "the box's share of the picture's area"),
      AugmentationParameter(
        "ratio", in: 0.1...10, default: .range(0.3, 3.3), "its width over its height"),
      PixelFill.parameter,
    ],
    defaultProbability: 0.5,
    draws: [
      .init("area", in: 0...1), .init("ratio", in: 0.1...10), .init("x", in: 0...1), .init("y", in: 0...1),
      .init("fill", in: 0...2),
    ] + AugmentationDescriptor.DrawnValue.keyHalves,
    neutral: "0")

  let area: ArgumentSpan
  let ratio: ArgumentSpan
  let fill: Int

  init(_ arguments: AugmentationArguments) {
    area = arguments.span("area")
    ratio = arguments.span("ratio")
    fill = arguments.choice("fill")
  }

  func draw(using random: inout KeyedRandom) -> DrawnValues {
    values(using: &random) { random in
      DrawnBox(area: area.draw(using: &random), ratio: ratio.drawLogarithmic(using: &random))
    }
  }

  /// Draws a box anew, up to ten times, where it does not fit; then shrinks the last one until it fits.
  func draw(using random: inout KeyedRandom, in frame: inout PictureFrame) -> DrawnValues {
    let aspect = Double(frame.output.width) / Double(frame.output.height)
    return values(using: &random) { random in
      let (box, fits) = DrawnBox.draw(area: area, ratio: ratio, within: aspect, using: &random)
      return fits ? box : .largest(ratio: box.ratio, within: aspect)
    }
  }

  private func values(
    using random: inout KeyedRandom, _ draw: (inout KeyedRandom) -> DrawnBox
  ) -> DrawnValues {
    // The box comes last, so that the rest does not depend on how often one is drawn.
    let place = SIMD2(random.uniform(), random.uniform())
    let key = SIMD2(random.halfKey(), random.halfKey())
    let box = draw(&random)
    return [box.area, box.ratio, place.x, place.y, Float(fill), key.x, key.y, 0]
  }

  static func apply(_ values: DrawnValues, to planes: PixelPlanes) {
    let picture = SourceWindow(of: ImageSize(width: planes.width, height: planes.height))
    let box = picture.box(
      area: Double(values[0]), aspect: Double(values[1]), x: Double(values[2]), y: Double(values[3]))
    var filler = PixelFiller(
      PixelFill(rawValue: Int(values[4])) ?? .constant, of: planes, key: values.key(at: 5))
    let (left, top) = (Int(box.x.rounded()), Int(box.y.rounded()))
    let (right, bottom) = (Int((box.x + box.width).rounded()), Int((box.y + box.height).rounded()))
    filler.fill(columns: left..<right, rows: top..<bottom)
  }
}
