import Synchronization

/// All augmentations that a policy can name: one line each, and those that a program registers.
public enum AugmentationRegistry {
  /// The augmentations of single images that come with this module, in the order in which lists show them.
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

  /// The members that choose among the others.
  static let policies: [NamedPolicy] = [RandAugment.policy, TrivialAugment.policy] + Preset.all

  /// The augmentations that a program has registered, in that order.
  private static let registered = Mutex<[any Augmentation.Type]>([])

  /// Registers an augmentation, so that policies, plans, configuration files and models can name it.
  ///
  /// Call this before a policy that names the augmentation is read. The same type may be registered again. A name
  /// that is taken, or that the grammar of policies cannot read, is a programmer's mistake and traps.
  public static func register(_ type: any Augmentation.Type) {
    let name = type.descriptor.name
    let isReadable =
      name.first?.isLetter == true && name.allSatisfy { $0.isLowercase || $0.isNumber || $0 == "-" }
    precondition(isReadable && name != "oneof", "'\(name)' is not a name for an augmentation: use kebab case")
    let isTaken = registered.withLock { types in
      if types.contains(where: { $0 == type }) { return false }
      if all(with: types).contains(where: { $0.name == name }) { return true }
      types.append(type)
      return false
    }
    precondition(!isTaken, "an augmentation named '\(name)' already exists")
  }

  /// The descriptors of all augmentations, in the order in which lists show them.
  public static var descriptors: [AugmentationDescriptor] { registered.withLock { all(with: $0) } }

  private static func all(with own: [any Augmentation.Type]) -> [AugmentationDescriptor] {
    (samples + own).map { $0.descriptor } + BatchAugmentation.Kind.allCases.map(\.descriptor)
      + policies.map(\.descriptor)
  }

  /// All names.
  public static var names: [String] { descriptors.map(\.name) }

  enum Entry {
    case sample(any Augmentation.Type)
    case batch(BatchAugmentation.Kind)
    case policy(NamedPolicy)

    var descriptor: AugmentationDescriptor {
      switch self {
      case .sample(let type): type.descriptor
      case .batch(let kind): kind.descriptor
      case .policy(let policy): policy.descriptor
      }
    }
  }

  /// The augmentation of single images with a name; nil where there is none.
  static func findSample(_ name: String) -> (any Augmentation.Type)? {
    samples.first { $0.descriptor.name == name }
      ?? registered.withLock { $0.first { $0.descriptor.name == name } }
  }

  static func find(_ name: String) -> Entry? {
    if let type = findSample(name) { return .sample(type) }
    if let kind = BatchAugmentation.Kind.allCases.first(where: { $0.descriptor.name == name }) {
      return .batch(kind)
    }
    return policies.first { $0.descriptor.name == name }.map { .policy($0) }
  }
}

/// A name for a policy that is made from arguments.
struct NamedPolicy: Sendable {
  let descriptor: AugmentationDescriptor
  /// The policy that the name stands for, in the grammar; empty for none.
  let expand: @Sendable (AugmentationArguments) -> String
}
