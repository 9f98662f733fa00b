import MillraceRandom

/// Sharpens the picture, or softens it below 1: moves values away from a smoothed copy, or towards it.
struct Sharpen: PixelAugmentation {
  static let descriptor = AugmentationDescriptor(
    name: "sharpen", summary: "Moves away from a smoothed copy of the picture, or towards it.",
    source: "as Pillow's ImageEnhance.Sharpness", stage: .local,
    parameters: [
      AugmentationParameter(
        "factor", .aroundOne, in: 0...10, default: .value(0.5), "1 changes nothing, 0 is the smoothed copy")
    ],
    draws: [.init("factor", in: 0...10)], neutral: "0")

  let factor: ArgumentSpan

  init(_ arguments: AugmentationArguments) { factor = arguments.span("factor") }

  func draw(using random: inout KeyedRandom) -> DrawnValues {
    DrawnValues(first: factor.draw(using: &random))
  }

  static func apply(_ values: DrawnValues, to planes: PixelPlanes) {
    let (width, height) = (planes.width, planes.height)
    // The outermost pixels have no smoothed copy, and do not change.
    guard width > 2, height > 2 else { return }
    let source = planes.scratch.reserve(planes.planeSize)
    let factor = values[0]
    for channel in 0..<planes.channels {
      let plane = planes.plane(channel)
      source.update(from: plane, count: planes.planeSize)
      for y in 1..<height - 1 {
        let above = source + (y - 1) * width
        let here = source + y * width
        let below = source + (y + 1) * width
        let target = plane + y * width
        for x in 1..<width - 1 {
          // The kernel is 1 all around and 5 in the middle, over 13.
          let ring =
            above[x - 1] + above[x] + above[x + 1] + here[x - 1] + here[x + 1] + below[x - 1] + below[x]
            + below[x + 1]
          let smooth = (ring + 5 * here[x]) / 13
          target[x] = min(255, max(0, smooth + factor * (here[x] - smooth)))
        }
      }
    }
  }
}
