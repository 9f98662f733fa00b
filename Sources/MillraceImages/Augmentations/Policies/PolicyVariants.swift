#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

// These make policies from another one: a search for better settings tries them.
extension AugmentationPolicy {
  /// Whether an augmentation is a member, or a member of a preset or a `oneof`.
  package func contains(_ name: String) -> Bool {
    members.namesWithin.contains(name) || batch.members.contains { $0.kind.rawValue == name }
  }

  /// The policy with more members at its end.
  ///
  /// - Parameter text: The members, in the grammar of policies.
  /// - Throws: ``AugmentationError`` where the members cannot be read, or cannot be combined with the others.
  package func adding(_ text: String) throws(AugmentationError) -> AugmentationPolicy {
    try AugmentationPolicy(parsing: isNone && batch.isNone ? text : "\(self), \(text)")
  }

  /// The policy without an augmentation; a preset that names it is written out.
  package func without(_ name: String) -> AugmentationPolicy {
    rewritten {
      $0.descriptor.name == name ? nil : $0
    } batch: {
      $0.kind.rawValue != name
    }
  }

  /// The policy with each range wider or narrower around the value that changes nothing. A range without such a
  /// value stays as it is, and so do probabilities.
  ///
  /// - Parameter factor: Above 1 for a stronger policy, below 1 for a weaker one.
  package func scaled(by factor: Float) -> AugmentationPolicy {
    rewritten {
      $0.scaled(by: factor)
    } batch: { _ in
      true
    }
  }

  /// The policy with the arguments of each member changed; a member that becomes nil is left out.
  private func rewritten(
    _ change: (GivenArguments) -> GivenArguments?, batch keeps: (BatchAugmentation.Member) -> Bool
  ) -> AugmentationPolicy {
    let texts = members.rewritten(change) + batch.members.filter(keeps).map(\.description)
    return (try? AugmentationPolicy(parsing: texts.isEmpty ? "none" : texts.joined(separator: ", "))) ?? self
  }
}

extension [PolicyMember] {
  /// The names of the augmentations on single images.
  fileprivate var namesWithin: Set<String> {
    reduce(into: []) { names, member in
      switch member.content {
      case .augmentation(let call): names.insert(call.arguments.descriptor.name)
      case .oneOf(let choices): for choice in choices { names.formUnion(choice.members.namesWithin) }
      case .named(_, let members): names.formUnion(members.namesWithin)
      }
    }
  }

  fileprivate func rewritten(_ change: (GivenArguments) -> GivenArguments?) -> [String] {
    flatMap { member -> [String] in
      switch member.content {
      case .augmentation(let call):
        return change(call.arguments).map { [$0.description(probability: member.probability)] } ?? []
      case .oneOf(let choices):
        let texts = choices.map { choice in
          let parts = choice.members.rewritten(change)
          return parts.isEmpty ? "none" : parts.joined(separator: ", ")
        }
        let rest = member.probability == 1 ? "" : ":p=\(AugmentationArgument.text(member.probability))"
        return ["oneof(\(texts.joined(separator: " | ")))\(rest)"]
      case .named(let arguments, let members):
        // A member with arguments is a rule of its own, and one with a probability cannot be written out.
        guard arguments.descriptor.parameters.isEmpty, member.probability == 1 else {
          return [member.description]
        }
        let parts = members.rewritten(change)
        return parts == members.map(\.description) ? [member.description] : parts
      }
    }
  }
}

extension GivenArguments {
  /// The arguments with their ranges around the neutral values scaled.
  fileprivate func scaled(by factor: Float) -> GivenArguments {
    guard let neutral = descriptor.neutralSpans else { return self }
    let given = zip(descriptor.parameters, zip(values, zip(spans, neutral))).map { parameter, item in
      let (value, (span, neutral)) = item
      return (name: parameter.name, value: parameter.scaled(value, span, around: neutral, by: factor))
    }
    return (try? GivenArguments(descriptor, given: given)) ?? self
  }
}

extension AugmentationDescriptor {
  /// The arguments with which the augmentation changes nothing; nil where there are none.
  fileprivate var neutralSpans: [ArgumentSpan]? {
    guard let neutral, let policy = try? AugmentationPolicy(parsing: "\(name):\(neutral)"),
      case .augmentation(let call)? = policy.members.first?.content
    else { return nil }
    return call.arguments.spans
  }
}

extension AugmentationParameter {
  /// An argument whose distance from a neutral value is scaled, within the allowed range.
  fileprivate func scaled(
    _ argument: AugmentationArgument, _ span: ArgumentSpan, around neutral: ArgumentSpan, by factor: Float
  ) -> AugmentationArgument {
    if case .choice = form { return argument }
    guard neutral.low == neutral.high else { return argument }
    func moved(_ value: Float) -> Float {
      // Shares and ratios are scaled as powers: half the area, applied twice, is a quarter of it and not nothing.
      let isRatio = form == .plain && neutral.low > 0 && value > 0
      let moved =
        isRatio
        ? neutral.low * powf(value / neutral.low, factor) : neutral.low + (value - neutral.low) * factor
      let inRange = min(range.upperBound, max(range.lowerBound, moved))
      return form == .whole || form == .count ? inRange.rounded() : inRange.threeDigits
    }
    let (low, high) = (moved(span.low), moved(span.high))
    let centre: Float? =
      switch form {
      case .aroundZero: 0
      case .aroundOne: 1
      case .plain, .whole, .count, .upTo, .choice: nil
      }
    if let centre, (high - centre).threeDigits == (centre - low).threeDigits {
      let reach = (high - centre).threeDigits
      return span.onlyEnds ? .ends(reach) : .value(reach)
    }
    if form == .upTo, low == 0 { return .value(high) }
    return low == high && centre == nil ? .value(low) : .range(low, high)
  }
}

extension Float {
  /// The number rounded to three digits: a strength deserves no more.
  fileprivate var threeDigits: Float {
    guard self != 0, isFinite else { return self }
    let scale = pow(10, 2 - log10(Double(magnitude)).rounded(.down))
    return Float((Double(self) * scale).rounded() / scale)
  }
}
