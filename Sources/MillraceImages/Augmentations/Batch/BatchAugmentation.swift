import MillraceRandom

/// The augmentations that mix whole minibatches: pure functions on rows and targets.
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
    /// The stream from which the member draws.
    fileprivate(set) var stream = StreamName.root

    init(kind: Kind, arguments: GivenArguments, probability: Float) {
      self.kind = kind
      self.arguments = arguments
      self.probability = probability
    }

    /// The stream whose first number decides whether the member is chosen.
    var choice: StreamName { stream.part("choice", 0) }

    var description: String { arguments.description(probability: probability) }
  }

  let members: [Member]

  init(members: [Member]) {
    var counts = NameCounts()
    self.members = members.map { member in
      var member = member
      let name = member.kind.rawValue
      member.stream = .root.part(name, counts.next(name))
      return member
    }
  }

  /// Whether minibatches stay as they are.
  public var isNone: Bool { members.isEmpty }

  /// Draws how one minibatch is mixed. One of several members is chosen for each minibatch.
  ///
  /// - Parameters:
  ///   - seed: The run's seed.
  ///   - epoch: The minibatch's epoch.
  ///   - minibatch: The minibatch's place in the epoch.
  ///   - count: The number of its rows.
  ///   - size: The size of its images.
  ///   - mixing: Takes the result; its storage is reused.
  package func draw(
    seed: UInt64, epoch: Int, minibatch: Int, count: Int, size: ImageSize, into mixing: inout MinibatchMixing
  ) {
    let random = KeyedRandom(seed: seed, purpose: .batchAugmentation, epoch: epoch, sample: minibatch)
    draw(from: random, count: count, size: size, into: &mixing)
  }

  /// Draws how one minibatch is mixed.
  ///
  /// - Parameters:
  ///   - minibatch: The minibatch's generator, of which each member has a branch.
  ///   - count: The number of its rows.
  ///   - size: The size of its images.
  ///   - mixing: Takes the result; its storage is reused.
  func draw(
    from minibatch: KeyedRandom, count: Int, size: ImageSize, into mixing: inout MinibatchMixing
  ) {
    mixing.reset(count: count)
    guard let chosen = minibatch.indexOfHighest(members.count, { members[$0].choice }) else { return }
    let member = members[chosen]
    var random = minibatch.branch(member.stream)
    guard random.bernoulli(member.probability) else { return }
    let alpha = member.arguments.spans[0].draw(using: &random)
    let place = SIMD2(random.uniform(), random.uniform())
    mixing.shufflePartners(using: &random)
    // This draw comes last, since the number of random numbers that it takes depends on α.
    let lambda = random.beta(alpha, alpha)
    switch member.kind {
    case .mixup: mixing.blend(lambda: lambda)
    case .cutmix: mixing.paste(keeping: lambda, size: size, x: place.x, y: place.y)
    }
  }
}
