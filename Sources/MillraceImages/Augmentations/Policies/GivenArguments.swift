/// The arguments that a policy gives to one augmentation, with the default for each parameter that it does not
/// mention.
struct GivenArguments: Sendable {
  let descriptor: AugmentationDescriptor
  private(set) var values: [AugmentationArgument]
  private(set) var spans: [ArgumentSpan]

  /// Checks arguments given by name.
  init(
    _ descriptor: AugmentationDescriptor, given: [(name: String, value: AugmentationArgument)]
  ) throws(AugmentationError) {
    self.descriptor = descriptor
    values = descriptor.parameters.map(\.defaultArgument)
    var named: Set<String> = []
    for (name, value) in given {
      guard let place = descriptor.parameters.firstIndex(where: { $0.name == name }) else {
        let known = descriptor.parameters.map(\.name) + ["p"]
        throw .unknownParameter(
          .init(augmentation: descriptor.name, parameter: name),
          nearest: known.count > 1 ? nearest(to: name, among: known) : nil, known: known)
      }
      guard named.insert(name).inserted else {
        throw .repeatedParameter(.init(augmentation: descriptor.name, parameter: name))
      }
      values[place] = value
    }
    spans = []
    for (parameter, value) in zip(descriptor.parameters, values) {
      spans.append(try parameter.span(of: value, augmentation: descriptor.name))
    }
  }

  var checked: AugmentationArguments {
    AugmentationArguments(names: descriptor.parameters.map(\.name), spans: spans)
  }

  func narrowed(to position: Float) -> Self {
    var result = self
    for (place, parameter) in descriptor.parameters.enumerated() {
      if case .choice = parameter.form { continue }
      var point = spans[place].low + (spans[place].high - spans[place].low) * position
      if parameter.form == .whole { point = point.rounded() }
      result.spans[place] = ArgumentSpan(low: point, high: point)
      result.values[place] = .range(point, point)
    }
    return result
  }

  /// The member's text: the main value without its name, then the arguments that differ from the defaults.
  func description(probability: Float) -> String {
    if descriptor.parameters.isEmpty {
      // Where the probability is the main value, it is always written, unless nobody would expect one.
      let isPlain = probability == 1 && descriptor.defaultProbability == 1
      return isPlain ? descriptor.name : "\(descriptor.name):\(AugmentationArgument.text(probability))"
    }
    let places = descriptor.parameters.indices
    let main = places.filter { descriptor.main.contains(descriptor.parameters[$0].name) }
    var parts: [String] = []
    var shown: [Int] = []
    if let first = main.first, main.allSatisfy({ values[$0] == values[first] }) {
      parts.append(values[first].description)
      shown = main
    }
    for place in places where !shown.contains(place) {
      let parameter = descriptor.parameters[place]
      if main.contains(place) || values[place] != parameter.defaultArgument {
        parts.append("\(parameter.name)=\(values[place])")
      }
    }
    if probability != descriptor.defaultProbability {
      parts.append("p=\(AugmentationArgument.text(probability))")
    }
    return parts.isEmpty ? descriptor.name : "\(descriptor.name):\(parts.joined(separator: ";"))"
  }
}
