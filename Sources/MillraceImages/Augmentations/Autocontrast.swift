import MillraceRandom

/// Stretches each channel to the full range.
struct Autocontrast: PixelAugmentation {
  static let descriptor = AugmentationDescriptor(
    name: "autocontrast", summary: "Stretches each channel to the full range.",
    source: "as Pillow's ImageOps.autocontrast", stage: .color, defaultProbability: 0.1)

  init(_ arguments: AugmentationArguments) {}

  func draw(using random: inout KeyedRandom) -> DrawnValues { .zero }

  static func apply(_ values: DrawnValues, to planes: PixelPlanes) {
    for channel in 0..<planes.channels {
      let histogram = planes.histogram(ofChannel: channel)
      guard let low = (0..<256).first(where: { histogram[$0] > 0 }),
        let high = (0..<256).last(where: { histogram[$0] > 0 }), high > low
      else { continue }
      let scale = 255 / Double(high - low)
      planes.mapLevels(ofChannel: channel) { level in
        Float(min(255, max(0, Int(Double(level) * scale - Double(low) * scale))))
      }
    }
  }
}
