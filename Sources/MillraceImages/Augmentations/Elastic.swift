import MillraceRandom

/// Displaces each pixel by a smooth random field, as a trembling hand does.
struct Elastic: Augmentation {
  static let descriptor = AugmentationDescriptor(
    name: "elastic", summary: "Displaces each pixel by a smooth random field, as a trembling hand does.",
    source: "Simard, Steinkraus, Platt, 2003", stage: .geometry,
    parameters: [
      AugmentationParameter(
        "sigma", in: 0.5...64, default: .value(4), unit: " px", "how smooth the field is"),
      AugmentationParameter(
        "alpha", in: 0...4000, default: .value(34),
        "how strong it is: the rms displacement is alpha / (6.14 · sigma) pixels"),
    ],
    draws: [.init("sigma", in: 0.5...64), .init("alpha", in: 0...4000)]
      + AugmentationDescriptor.DrawnValue.keyHalves,
    neutral: "alpha=0")

  let sigma: ArgumentSpan
  let alpha: ArgumentSpan

  init(_ arguments: AugmentationArguments) {
    sigma = arguments.span("sigma")
    alpha = arguments.span("alpha")
  }

  func draw(using random: inout KeyedRandom) -> DrawnValues {
    DrawnValues(
      first: sigma.draw(using: &random), alpha.draw(using: &random), random.halfKey(), random.halfKey())
  }

  static func compose(_ values: DrawnValues, into composition: inout Composition) {
    composition.displace(ElasticDisplacement(sigma: values[0], alpha: values[1], seed: values.key(at: 2)))
  }
}
