import MillraceRandom

/// Spreads each channel's values so that all levels occur about equally often.
struct Equalize: PixelAugmentation {
  static let descriptor = AugmentationDescriptor(
    name: "equalize", summary: "Spreads each channel's values so that all levels occur about equally often.",
    source: "as Pillow's ImageOps.equalize", stage: .color, defaultProbability: 0.1)

  init(_ arguments: AugmentationArguments) {}

  func draw(using random: inout KeyedRandom) -> DrawnValues { .zero }

  static func apply(_ values: DrawnValues, to planes: PixelPlanes) {
    for channel in 0..<planes.channels {
      let histogram = planes.histogram(ofChannel: channel)
      // The highest level that occurs does not count towards the step, so it becomes 255.
      guard let last = (0..<256).last(where: { histogram[$0] > 0 }) else { continue }
      let step = (planes.planeSize - Int(histogram[last])) / 255
      guard step > 0 else { continue }
      var below = step / 2
      planes.mapLevels(ofChannel: channel) { level in
        defer { below += Int(histogram[level]) }
        return Float(min(255, below / step))
      }
    }
  }
}
