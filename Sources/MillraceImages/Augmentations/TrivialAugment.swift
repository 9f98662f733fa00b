/// Applies one operation from a list of fourteen, at a random magnitude.
enum TrivialAugment {
  static let policy = NamedPolicy(
    descriptor: AugmentationDescriptor(
      name: "trivialaugment", summary: "Applies one operation chosen from fourteen, at a random magnitude.",
      source: "Müller and Hutter, \"TrivialAugment\", 2021; its wide ranges, shifts for 224 pixels",
      stage: .policy),
    // 44.7° is the angle whose tangent is 0.99; 0.143 is 32 pixels of 224.
    expand: { _ in
      """
      oneof(none | shear:x=44.7;y=0 | shear:x=0;y=44.7 | translate:x=0.143;y=0 | translate:x=0;y=0.143 | \
      rotate:135 | brightness:0.99 | saturation:0.99 | contrast:0.99 | sharpen:0.99 | posterize:2..8 | \
      solarize:0..255 | autocontrast:1 | equalize:1)
      """
    })
}
