import MillraceRandom

/// A member of a policy.
struct PolicyMember: Sendable {
  /// The kinds of members.
  indirect enum Content: Sendable {
    case augmentation(AugmentationCall)
    /// One of some lists, all equally likely.
    case oneOf([PolicyChoice])
    /// A preset, or a policy such as RandAugment, with the members that it stands for.
    case named(GivenArguments, [PolicyMember])
  }

  let content: Content
  let probability: Float
  /// The stream from which the member draws; the policy that contains the member sets it.
  private let stream: StreamName

  init(_ content: Content, probability: Float = 1, stream: StreamName = .root) {
    self.content = content
    self.probability = probability
    self.stream = stream
  }

  /// Adds what the member draws.
  ///
  /// - Parameters:
  ///   - sample: The sample's generator, of which each member has a branch of its own.
  ///   - frame: The shapes for which the member draws.
  ///   - steps: Takes the result.
  func draw(
    from sample: KeyedRandom, in frame: inout PictureFrame, into steps: inout [DrawnAugmentation]
  ) {
    var random = sample.branch(stream)
    // This is drawn at any probability, so that the later draws do not depend on it.
    guard random.bernoulli(probability) else { return }
    switch content {
    case .augmentation(let call):
      let drawn = call.augmentation.draw(using: &random, in: &frame)
      steps.append(DrawnAugmentation(type: call.type, drawn: drawn))
    case .oneOf(let choices):
      choices.highest(from: sample)?.members.draw(from: sample, in: &frame, into: &steps)
    case .named(_, let members):
      members.draw(from: sample, in: &frame, into: &steps)
    }
  }

  var magnification: Float {
    switch content {
    case .augmentation(let call): max(1, call.augmentation.magnification)
    case .oneOf(let choices): choices.map(\.members.magnification).max() ?? 1
    case .named(_, let members): members.magnification
    }
  }

  /// The member's name among the members of its list.
  var name: String {
    switch content {
    case .augmentation(let call): call.arguments.descriptor.name
    case .oneOf: "oneof"
    case .named(let arguments, _): arguments.descriptor.name
    }
  }

  fileprivate func withStream(_ stream: StreamName) -> PolicyMember {
    let named: Content =
      switch content {
      case .augmentation: content
      case .oneOf(let choices): .oneOf(choices.withStreams(within: stream))
      case .named(let arguments, let members): .named(arguments, members.withStreams(within: stream))
      }
    return PolicyMember(named, probability: probability, stream: stream)
  }
}

/// One of the lists among which a `oneof` chooses.
struct PolicyChoice: Sendable {
  let members: [PolicyMember]
  /// The stream whose first number decides whether the list is chosen.
  let stream: StreamName

  init(_ members: [PolicyMember], stream: StreamName = .root) {
    self.members = members
    self.stream = stream
  }
}

extension [PolicyChoice] {
  /// Names the streams of lists, each after its first member, and those of all their members.
  fileprivate func withStreams(within parent: StreamName) -> Self {
    var lists = NameCounts()
    var counts = NameCounts()
    return map { choice in
      let name = choice.members.first?.name ?? "none"
      return PolicyChoice(
        choice.members.withStreams(within: parent, &counts),
        stream: parent.part("| " + name, lists.next(name)))
    }
  }

  /// The choice whose own stream gives it the highest number. All are equally likely, and a choice that is added or
  /// removed changes only the samples that go to it.
  ///
  /// Source: Thaler and Ravishankar, "Using name-based mappings to increase hit rates", 1998.
  fileprivate func highest(from sample: KeyedRandom) -> PolicyChoice? {
    sample.indexOfHighest(count) { self[$0].stream }.map { self[$0] }
  }
}

extension KeyedRandom {
  /// The index of the named stream with the highest first number; nil where there is none.
  func indexOfHighest(_ count: Int, _ stream: (Int) -> StreamName) -> Int? {
    var best: (index: Int, weight: UInt64)?
    for index in 0..<count {
      var random = branch(stream(index))
      let weight = random.next()
      if weight > best?.weight ?? 0 || best == nil { best = (index, weight) }
    }
    return best?.index
  }
}

/// Counts how often each name was met.
struct NameCounts {
  private var counts: [String: Int] = [:]

  /// Returns how often a name was met before.
  mutating func next(_ name: String) -> Int {
    defer { counts[name, default: 0] += 1 }
    return counts[name, default: 0]
  }
}

extension [PolicyMember] {
  func draw(
    from sample: KeyedRandom, in frame: inout PictureFrame, into steps: inout [DrawnAugmentation]
  ) {
    for member in self { member.draw(from: sample, in: &frame, into: &steps) }
  }

  /// How much the members together may enlarge.
  var magnification: Float { reduce(1) { $0 * $1.magnification } }

  /// Names each member's stream by its name and the number of earlier members of that name: so a member keeps its
  /// stream whatever other members there are.
  func withStreams(within parent: StreamName) -> Self {
    var counts = NameCounts()
    return withStreams(within: parent, &counts)
  }

  fileprivate func withStreams(within parent: StreamName, _ counts: inout NameCounts) -> Self {
    map { $0.withStream(parent.part($0.name, counts.next($0.name))) }
  }
}

extension PolicyMember: CustomStringConvertible {
  var description: String {
    switch content {
    case .augmentation(let call): return call.arguments.description(probability: probability)
    case .oneOf(let choices):
      let texts = choices.map { choice in
        choice.members.isEmpty ? "none" : choice.members.map(\.description).joined(separator: ", ")
      }
      let rest = probability == 1 ? "" : ":p=\(AugmentationArgument.text(probability))"
      return "oneof(\(texts.joined(separator: " | ")))" + rest
    case .named(let arguments, _): return arguments.description(probability: probability)
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

  /// The same augmentation with each range narrowed to one point between its ends.
  func narrowed(to position: Float) -> Self {
    Self(type: type, arguments: arguments.narrowed(to: position))
  }
}
