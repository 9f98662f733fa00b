#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// Applies some operations from a list of fourteen, all at one magnitude.
enum RandAugment {
  static let policy = NamedPolicy(
    descriptor: AugmentationDescriptor(
      name: "randaugment", summary: "Applies n operations chosen from fourteen, all at one magnitude.",
      source: "Cubuk et al., \"RandAugment\", 2019; ranges as torchvision's", stage: .policy,
      parameters: [
        AugmentationParameter("n", .count, in: 1...10, default: .value(2), "how many operations"),
        AugmentationParameter("magnitude", .count, in: 0...30, default: .value(9), "how strong, of 30"),
      ], main: ["n"]),
    expand: { arguments in
      let strength = arguments.span("magnitude").high / 30
      let choice = text(strength: strength)
      return Array(repeating: choice, count: Int(arguments.span("n").high)).joined(separator: ", ")
    })

  /// The text of one choice: operations with a direction take either one.
  private static func text(strength: Float) -> String {
    let slant = atanf(0.3 * strength) * 180 / .pi
    let shift = 150 / 331 * strength
    let factor = 0.9 * strength
    let bits = 8 - Int((4 * strength).rounded())
    return """
      oneof(none | shear:x=±\(slant);y=0 | shear:x=0;y=±\(slant) | translate:x=±\(shift);y=0 | \
      translate:x=0;y=±\(shift) | rotate:±\(30 * strength) | brightness:±\(factor) | saturation:±\(factor) | \
      contrast:±\(factor) | sharpen:±\(factor) | posterize:\(bits) | solarize:\(255 * (1 - strength)) | \
      autocontrast:1 | equalize:1)
      """
  }
}
