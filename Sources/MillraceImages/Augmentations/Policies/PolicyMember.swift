import MillraceRandom

/// A member of a policy.
indirect enum PolicyMember: Sendable {
  case augmentation(AugmentationCall, Float)
  /// One of some lists, all equally likely.
  case oneOf([[PolicyMember]], Float)
  /// A preset, or a policy such as RandAugment, with the members it stands for.
  case named(GivenArguments, [PolicyMember], Float)

  var probability: Float {
    switch self {
    case .augmentation(_, let p), .oneOf(_, let p), .named(_, _, let p): p
    }
  }

  /// Adds what it draws.
  func draw(using random: inout KeyedRandom, into steps: inout [DrawnAugmentation]) {
    if probability < 1 && !random.bernoulli(probability) { return }
    switch self {
    case .augmentation(let call, _):
      steps.append(DrawnAugmentation(type: call.type, drawn: call.augmentation.draw(using: &random)))
    case .oneOf(let lists, _):
      lists[random.index(below: lists.count)].draw(using: &random, into: &steps)
    case .named(_, let members, _):
      members.draw(using: &random, into: &steps)
    }
  }

  var magnification: Float {
    switch self {
    case .augmentation(let call, _): max(1, call.augmentation.magnification)
    case .oneOf(let lists, _): lists.map(\.magnification).max() ?? 1
    case .named(_, let members, _): members.magnification
    }
  }
}

extension [PolicyMember] {
  func draw(using random: inout KeyedRandom, into steps: inout [DrawnAugmentation]) {
    for member in self { member.draw(using: &random, into: &steps) }
  }

  /// What its members may enlarge together.
  var magnification: Float { reduce(1) { $0 * $1.magnification } }
}

extension PolicyMember: CustomStringConvertible {
  var description: String {
    switch self {
    case .augmentation(let call, let p): return call.arguments.description(probability: p)
    case .oneOf(let lists, let p):
      let texts = lists.map { $0.isEmpty ? "none" : $0.map(\.description).joined(separator: ", ") }
      return "oneof(\(texts.joined(separator: " | ")))" + (p == 1 ? "" : ":p=\(AugmentationArgument.text(p))")
    case .named(let arguments, _, let p): return arguments.description(probability: p)
    }
  }
}

/// One augmentation with its arguments.
struct AugmentationCall: Sendable {
  let type: any Augmentation.Type
  let arguments: GivenArguments
  let augmentation: any Augmentation

  init(type: any Augmentation.Type, arguments: GivenArguments) {
    self.type = type
    self.arguments = arguments
    augmentation = type.init(arguments.checked)
  }

  /// The same with each range narrowed to one point between its ends.
  func narrowed(to position: Float) -> Self {
    Self(type: type, arguments: arguments.narrowed(to: position))
  }
}
