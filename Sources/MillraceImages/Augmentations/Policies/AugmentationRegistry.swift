/// Everything a policy can name: one line each.
public enum AugmentationRegistry {
  /// What works on single images, in the order in which lists show it.
  static let samples: [any Augmentation.Type] = [
    HorizontalFlip.self,
    VerticalFlip.self,
    Crop.self,
    PadCrop.self,
    Scale.self,
    Stretch.self,
    Translate.self,
    Rotate.self,
    Shear.self,
    Perspective.self,
    Lens.self,
    Elastic.self,
    Border.self,
    Brightness.self,
    Contrast.self,
    Saturation.self,
    Hue.self,
    Jitter.self,
    Gamma.self,
    Grayscale.self,
    Invert.self,
    Posterize.self,
    Solarize.self,
    Equalize.self,
    Autocontrast.self,
    Blur.self,
    Sharpen.self,
    Noise.self,
    Erase.self,
    Cutout.self,
    CoarseDropout.self,
  ]

  /// What chooses among the others.
  static let policies: [NamedPolicy] = [RandAugment.policy, TrivialAugment.policy] + Preset.all

  /// The descriptors of everything, in the order in which lists show it.
  public static let descriptors: [AugmentationDescriptor] =
    samples.map { $0.descriptor } + BatchAugmentation.Kind.allCases.map(\.descriptor)
    + policies.map(\.descriptor)

  /// All names.
  public static let names = descriptors.map(\.name)

  enum Entry {
    case sample(Int)
    case batch(BatchAugmentation.Kind)
    case policy(NamedPolicy)

    var descriptor: AugmentationDescriptor {
      switch self {
      case .sample(let index): AugmentationRegistry.samples[index].descriptor
      case .batch(let kind): kind.descriptor
      case .policy(let policy): policy.descriptor
      }
    }
  }

  static func find(_ name: String) -> Entry? {
    if let index = samples.firstIndex(where: { $0.descriptor.name == name }) { return .sample(index) }
    if let kind = BatchAugmentation.Kind.allCases.first(where: { $0.descriptor.name == name }) {
      return .batch(kind)
    }
    return policies.first { $0.descriptor.name == name }.map { .policy($0) }
  }
}

/// A name for a policy that is made from arguments.
struct NamedPolicy: Sendable {
  let descriptor: AugmentationDescriptor
  /// The policy it stands for, in the grammar; empty for none.
  let expand: @Sendable (AugmentationArguments) -> String
}
