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
      """
      flip:0.5, crop:0.35..1, rotate:20, shear:10, jitter:0.4;hue=18, \
      oneof(blur:0.3..1 | sharpen:0.9 | noise:0.01..0.05):0.3, erase:0.02..0.2;p=0.25
      """),
    preset(
      "digits", "For handwriting: no mirror images; affine maps and elastic deformation.",
      "stretch:0.15, translate:0.07, rotate:12, shear:12, elastic:sigma=4;alpha=30"),
    preset(
      "photos", "For photographs of things: mirror, crop, viewpoint, light and colour.",
      """
      flip:0.5, crop:0.35..1, rotate:10, oneof(perspective:0.2 | lens:0.15):0.4, border:reflect, \
      jitter:0.3;hue=10, grayscale:0.05, blur:0.2..0.8;p=0.15
      """),
  ]

  private static func preset(_ name: String, _ summary: String, _ policy: String) -> NamedPolicy {
    NamedPolicy(
      descriptor: AugmentationDescriptor(
        name: name, summary: summary, source: policy.isEmpty ? "preset" : "preset: \(policy)", stage: .policy),
      expand: { _ in policy })
  }
}
