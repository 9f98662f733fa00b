/// Policies for people who do not want to choose.
enum Preset {
  static let all: [NamedPolicy] = [
    preset("none", "Nothing: resize and centre crop, as in evaluation.", ""),
    preset(
      "light", "A mirror image now and then, small crops and shifts of light.",
      "flip:0.5, crop:0.8..1;ratio=0.9..1.1, jitter:0.1"),
    preset(
      "medium", "For most photographs: mirror, crop, a little rotation and shear, light and colour.",
      "flip:0.5, crop:0.5..1, rotate:10, shear:5, jitter:0.3"),
    preset(
      "strong", "For small data sets and long training.",
      "flip:0.5, crop:0.35..1, rotate:20, shear:10, jitter:0.4"),
    preset(
      "digits", "For handwriting: no mirror images; affine maps and elastic deformation.",
      "scale:0.15, translate:0.08, rotate:15, shear:10"),
    preset(
      "photos", "For photographs of things: mirror, crop, viewpoint, light and colour.",
      "flip:0.5, crop:0.35..1, rotate:10, jitter:0.4"),
  ]

  private static func preset(_ name: String, _ summary: String, _ policy: String) -> NamedPolicy {
    NamedPolicy(
      descriptor: AugmentationDescriptor(
        name: name, summary: summary, source: policy.isEmpty ? "preset" : "preset: \(policy)", stage: .policy),
      expand: { _ in policy })
  }
}
