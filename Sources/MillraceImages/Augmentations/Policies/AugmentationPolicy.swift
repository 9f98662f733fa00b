package import MillraceRandom

/// What may happen to the images of a training run: a list of augmentations, each with its ranges.
///
/// A policy is written as
/// `flip:0.5, crop:scale=0.5..1;ratio=0.75..1.33, rotate:15, oneof(blur | noise):0.3, mixup:0.2`.
/// A member is a name, optionally followed by `:` and arguments between `;`. The first argument may stand without
/// its name. Numbers are `15`, ranges `0.5..1`, and `±15` is one of the two ends. `p=` gives the probability of any
/// member; `oneof(a | b)` picks one of its lists. A preset is a member like any other.
///
/// Geometric members act in the order of the list, and then the others act in that order on the result.
///
/// Each member draws from a stream of its own, which is named by the member's name and the number of earlier members
/// of that name: a member that is added, removed or changed changes no draw of the others.
public struct AugmentationPolicy: Sendable {
  /// The policy in its shortest spelling, which reads back as an equal policy.
  public let description: String
  /// The augmentations that mix whole minibatches.
  public let batch: BatchAugmentation
  /// How much a draw may enlarge the image relative to the plain fit, at least 1. A decode that keeps ceil(output ·
  /// magnification) pixels on a side has a pixel for each of the output's. Maps that enlarge only in places (shear,
  /// perspective, lens, elastic) count as 1.
  public let magnification: Float

  let members: [PolicyMember]

  /// No augmentation: images are resized and fitted as in evaluation.
  public static let none = AugmentationPolicy(members: [], batch: [])

  init(members: [PolicyMember], batch: [BatchAugmentation.Member]) {
    self.members = members.withStreams(within: .root)
    self.batch = BatchAugmentation(members: batch)
    magnification = members.magnification
    let texts = members.map(\.description) + batch.map(\.description)
    description = texts.isEmpty ? "none" : texts.joined(separator: ", ")
  }

  /// Reads a policy.
  ///
  /// - Throws: ``AugmentationError`` that says what is wrong and what would be right.
  public init(parsing text: String) throws(AugmentationError) {
    self = try PolicyParser.parse(text)
  }

  /// Draws what happens to one sample.
  ///
  /// - Parameters:
  ///   - random: The sample's own generator, of which each member has a branch.
  ///   - source: The size of the image.
  ///   - output: The size of the output.
  ///   - fit: How the image gets the output's shape.
  ///   - plan: Takes the result; its storage is reused.
  package func draw(
    from random: KeyedRandom, source: ImageSize, output: ImageSize, fit: PictureFit = .crop,
    into plan: inout AugmentationPlan
  ) {
    plan.source = source
    plan.steps.removeAll(keepingCapacity: true)
    var frame = PictureFrame(source: source, output: output, fit: fit)
    members.draw(from: random, in: &frame, into: &plan.steps)
  }

  /// Whether nothing is drawn for single samples.
  public var isNone: Bool { members.isEmpty }
}

extension AugmentationPolicy: Hashable, LosslessStringConvertible, Codable {
  /// Reads a policy, or returns nil where ``init(parsing:)`` would throw.
  public init?(_ description: String) {
    try? self.init(parsing: description)
  }

  /// Whether both policies have the same spelling.
  public static func == (left: Self, right: Self) -> Bool { left.description == right.description }

  /// Hashes the spelling.
  public func hash(into hasher: inout Hasher) { hasher.combine(description) }

  /// Reads the spelling, or a list of spellings.
  public init(from decoder: any Decoder) throws {
    let value = try decoder.singleValueContainer()
    let text: String
    if let list = try? value.decode([String].self) {
      text = list.joined(separator: ", ")
    } else {
      text = try value.decode(String.self)
    }
    do {
      try self.init(parsing: text)
    } catch {
      throw DecodingError.dataCorrupted(
        .init(codingPath: decoder.codingPath, debugDescription: error.description))
    }
  }

  /// Writes the spelling.
  public func encode(to encoder: any Encoder) throws {
    var value = encoder.singleValueContainer()
    try value.encode(description)
  }
}

extension AugmentationPolicy {
  /// One augmentation at some strengths: every range of its arguments is narrowed to one point, from its low end to
  /// its high end.
  ///
  /// - Parameters:
  ///   - text: One member, such as `rotate` or `rotate:30`. A name or range that is left out has its default.
  ///   - steps: The number of strengths, at least 1.
  public static func strengths(of text: String, steps: Int) throws(AugmentationError) -> [AugmentationPolicy]
  {
    let policy = try AugmentationPolicy(parsing: text)
    guard policy.members.count == 1, case .augmentation(let call) = policy.members[0].content else {
      throw .syntax(found: text, expected: "the name of one augmentation that works on single images")
    }
    var result: [AugmentationPolicy] = []
    for step in 0..<max(1, steps) {
      let position = steps > 1 ? Float(step) / Float(steps - 1) : 0.5
      result.append(
        AugmentationPolicy(members: [PolicyMember(.augmentation(call.narrowed(to: position)))], batch: []))
    }
    return result
  }
}
