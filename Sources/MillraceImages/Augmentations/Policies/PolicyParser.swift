/// Reads the policy grammar of ``AugmentationPolicy``.
///
///     policy    = member { "," member }
///     member    = "oneof" "(" policy { "|" policy } ")" [ ":" arguments ]  |  name [ ":" arguments ]
///     arguments = argument { ";" argument }
///     argument  = value  |  name "=" value
///     value     = number  |  number ".." number  |  "±" number  |  word
struct PolicyParser {
  private(set) var members: [PolicyMember] = []
  private(set) var batch: [BatchAugmentation.Member] = []

  static func parse(_ text: String) throws(AugmentationError) -> AugmentationPolicy {
    var parser = PolicyParser()
    for part in try split(text, at: ",") { try parser.read(part, isInside: false) }
    var seen: Set<String> = []
    for name in parser.members.uniqueNames where !seen.insert(name).inserted { throw .repeated(name) }
    return AugmentationPolicy(members: parser.members, batch: parser.batch)
  }

  private mutating func read(_ text: String, isInside: Bool) throws(AugmentationError) {
    if text.isEmpty {
      throw .syntax(found: text, expected: "an augmentation between commas, such as \"flip:0.5, rotate:15\"")
    }
    if text.hasPrefix("oneof") && text.dropFirst(5).trimmed.hasPrefix("(") {
      members.append(try Self.readOneOf(text))
      return
    }
    let colon = text.firstIndex(of: ":")
    let name = String(text[..<(colon ?? text.endIndex)]).trimmed
    let rest = colon.map { String(text[text.index(after: $0)...]) }
    guard let kind = AugmentationRegistry.find(name) else {
      let known = AugmentationRegistry.names
      throw .unknownAugmentation(name, nearest: nearest(to: name, among: known) ?? "none", known: known)
    }
    if isInside, kind.descriptor.stage == .batch { throw .batchInside(name) }
    let (arguments, probability) = try Self.readArguments(rest, of: kind.descriptor)
    switch kind {
    case .sample(let type):
      let call = AugmentationCall(type: type, arguments: arguments)
      members.append(PolicyMember(.augmentation(call), probability: probability))
    case .batch(let type):
      batch.append(.init(kind: type, arguments: arguments, probability: probability))
    case .policy(let policy):
      let expansion = policy.expand(arguments.checked)
      var inner = PolicyParser()
      // "none" stands for an empty list, which only a name can say.
      for part in expansion.isEmpty ? [] : try Self.split(expansion, at: ",") {
        try inner.read(part, isInside: true)
      }
      if inner.members.isEmpty { return }
      members.append(PolicyMember(.named(arguments, inner.members), probability: probability))
    }
  }

  private static func readOneOf(_ text: String) throws(AugmentationError) -> PolicyMember {
    guard let open = text.firstIndex(of: "("), let close = text.lastIndex(of: ")"), open < close else {
      throw .syntax(found: text, expected: "oneof(a | b)")
    }
    let tail = String(text[text.index(after: close)...]).trimmed
    var probability: Float = 1
    if !tail.isEmpty {
      guard tail.hasPrefix(":") else {
        throw .syntax(found: tail, expected: "\",\" or \":p=\" after oneof(…)")
      }
      let descriptor = AugmentationDescriptor(name: "oneof", summary: "", source: "", stage: .policy)
      probability = try readArguments(String(tail.dropFirst()), of: descriptor).probability
    }
    let content = String(text[text.index(after: open)..<close])
    let choices = try split(content, at: "|")
    if choices.count == 1 {
      let parts = try split(content, at: ",")
      if parts.count > 1 {
        throw .noChoice("oneof(\(content.trimmed))", meant: "oneof(\(parts.joined(separator: " | ")))")
      }
    }
    var lists: [PolicyChoice] = []
    for list in choices {
      var inner = PolicyParser()
      for part in try split(list, at: ",") { try inner.read(part, isInside: true) }
      lists.append(PolicyChoice(inner.members))
    }
    return PolicyMember(.oneOf(lists), probability: probability)
  }

  /// Reads `15;ratio=0.5..1;p=0.3`.
  private static func readArguments(
    _ text: String?, of descriptor: AugmentationDescriptor
  ) throws(AugmentationError) -> (arguments: GivenArguments, probability: Float) {
    var given: [(name: String, value: AugmentationArgument)] = []
    var probability: Float?
    let parts = try text.map { text throws(AugmentationError) in try split(text, at: ";") } ?? []
    for (place, part) in parts.enumerated() {
      let equals = part.firstIndex(of: "=")
      let name = equals.map { String(part[..<$0]).trimmed }
      let value = try readValue(
        String(part[(equals.map { part.index(after: $0) } ?? part.startIndex)...]).trimmed,
        of: "\(descriptor.name):\(name.map { "\($0)=" } ?? "")")
      guard name != nil || place == 0 else {
        throw .syntax(found: part, expected: "name=value; only the first argument may stand without its name")
      }
      if name == "p" || (name == nil && descriptor.parameters.isEmpty) {
        let here = AugmentationError.Place(augmentation: descriptor.name, parameter: "p")
        guard probability == nil else { throw .repeatedParameter(here) }
        guard case .value(let p) = value else {
          throw .invalidValue(here, found: value.description, allowed: "0 to 1")
        }
        guard p >= 0 && p <= 1 else { throw .outOfRange(here, found: value.description, allowed: "0 to 1") }
        probability = p
      } else if let name {
        given.append((name, value))
      } else {
        // An unnamed value sets each main parameter that is not named itself.
        let named = parts.dropFirst().map { String($0.prefix { $0 != "=" }).trimmed }
        given += descriptor.main.filter { !named.contains($0) }.map { ($0, value) }
      }
    }
    return (try GivenArguments(descriptor, given: given), probability ?? descriptor.defaultProbability)
  }

  /// Reads a value.
  ///
  /// - Parameter owner: The text before the value, for messages.
  private static func readValue(_ text: String, of owner: String) throws(AugmentationError)
    -> AugmentationArgument
  {
    func number(_ number: Substring) throws(AugmentationError) -> Float {
      guard let value = Float(number.trimmed), value.isFinite else {
        throw .syntax(found: owner + text, expected: "a number, a range such as 0.5..1, or ±15")
      }
      return value
    }
    if text.hasPrefix("±") { return .ends(try number(text.dropFirst())) }
    if text.hasPrefix("+-") { return .ends(try number(text.dropFirst(2))) }
    if let dots = text.firstRange(of: "..") {
      return .range(try number(text[..<dots.lowerBound]), try number(text[dots.upperBound...]))
    }
    if let first = text.first, first.isLetter, Float(text) == nil { return .word(text) }
    return .value(try number(text[...]))
  }

  /// The parts between separators that are outside brackets, without surrounding spaces.
  private static func split(_ text: String, at separator: Character) throws(AugmentationError) -> [String] {
    var parts = [""]
    var depth = 0
    for character in text {
      if character == "(" { depth += 1 }
      if character == ")" { depth -= 1 }
      if depth < 0 { throw .syntax(found: text, expected: "an opening bracket before each closing one") }
      if character == separator && depth == 0 {
        parts.append("")
      } else {
        parts[parts.count - 1].append(character)
      }
    }
    if depth > 0 { throw .syntax(found: text, expected: "a closing bracket for each opening one") }
    return parts.map(\.trimmed)
  }
}

extension [PolicyMember] {
  /// The names of the members that may occur only once, as often as one draw could apply them.
  fileprivate var uniqueNames: [String] {
    flatMap { member -> [String] in
      switch member.content {
      case .augmentation(let call):
        call.arguments.descriptor.isUnique ? [call.arguments.descriptor.name] : []
      case .oneOf(let choices): [String](Set(choices.flatMap(\.members.uniqueNames)))
      case .named(_, let members): members.uniqueNames
      }
    }
  }
}

extension StringProtocol {
  /// The text without spaces and line breaks at either end.
  fileprivate var trimmed: String {
    var rest = self[...]
    while let first = rest.first, first.isWhitespace { rest = rest.dropFirst() }
    while let last = rest.last, last.isWhitespace { rest = rest.dropLast() }
    return String(rest)
  }
}
