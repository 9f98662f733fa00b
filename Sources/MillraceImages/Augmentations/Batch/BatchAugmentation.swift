import MillraceRandom

/// What mixes whole minibatches: pure functions on rows and targets.
public struct BatchAugmentation: Sendable {
  /// How rows are mixed.
  public enum Kind: String, Sendable, CaseIterable, Codable {
    /// Each row becomes λ·row + (1 − λ)·partner.
    case mixup
    /// A box of each row becomes the partner's.
    case cutmix

    var descriptor: AugmentationDescriptor {
      switch self {
      case .mixup:
        AugmentationDescriptor(
          name: rawValue,
          summary: "Blends each image with another of its minibatch, and their targets alike.",
          source: "Zhang et al., \"mixup: beyond empirical risk minimization\", 2018", stage: .batch,
          parameters: [
            AugmentationParameter(
              "alpha", in: 0.01...32, default: .value(0.2), "λ comes from Beta(alpha, alpha)")
          ])
      case .cutmix:
        AugmentationDescriptor(
          name: rawValue,
          summary: "Puts a box of another image of the minibatch into each, and mixes targets by area.",
          source: "Yun et al., \"CutMix\", 2019", stage: .batch,
          parameters: [
            AugmentationParameter(
              "alpha", in: 0.01...32, default: .value(1), "the kept share comes from Beta(alpha, alpha)")
          ])
      }
    }
  }

  struct Member: Sendable, CustomStringConvertible {
    let kind: Kind
    let arguments: GivenArguments
    let probability: Float

    init(kind: Kind, arguments: GivenArguments, probability: Float) {
      self.kind = kind
      self.arguments = arguments
      self.probability = probability
    }

    var description: String { arguments.description(probability: probability) }
  }

  let members: [Member]

  /// True if minibatches stay as they are.
  public var isNone: Bool { members.isEmpty }

  /// Draws how one minibatch is mixed. Of several members, one is chosen for each minibatch.
  ///
  /// - Parameters:
  ///   - seed: The run's seed.
  ///   - epoch: The minibatch's epoch.
  ///   - minibatch: Its place in the epoch.
  ///   - count: How many rows it has.
  ///   - size: The size of its images.
  ///   - mixing: Takes the result; its storage is used again.
  public func draw(
    seed: UInt64, epoch: Int, minibatch: Int, count: Int, size: ImageSize, into mixing: inout MinibatchMixing
  ) {
    var random = KeyedRandom(seed: seed, purpose: .batchAugmentation, epoch: epoch, sample: minibatch)
    draw(using: &random, count: count, size: size, into: &mixing)
  }

  /// Draws how one minibatch is mixed.
  ///
  /// - Parameters:
  ///   - random: The minibatch's generator.
  ///   - count: How many rows it has.
  ///   - size: The size of its images.
  ///   - mixing: Takes the result; its storage is used again.
  func draw(
    using random: inout KeyedRandom, count: Int, size: ImageSize, into mixing: inout MinibatchMixing
  ) {
    mixing.reset(count: count)
    guard !members.isEmpty else { return }
    let member = members[members.count == 1 ? 0 : random.index(below: members.count)]
    guard member.probability == 1 || random.bernoulli(member.probability) else { return }
    let alpha = member.arguments.spans[0].draw(using: &random)
    let lambda = random.beta(alpha, alpha)
    mixing.shufflePartners(using: &random)
    switch member.kind {
    case .mixup: mixing.blend(lambda: lambda)
    case .cutmix: mixing.paste(keeping: lambda, size: size, x: random.uniform(), y: random.uniform())
    }
  }
}
