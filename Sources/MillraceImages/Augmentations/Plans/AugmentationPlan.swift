/// One augmentation as drawn for one sample.
package struct DrawnAugmentation: Sendable {
  let type: any Augmentation.Type
  let drawn: DrawnValues

  /// The augmentation's name.
  package var name: String { descriptor.name }

  /// The drawn numbers with their names.
  package var values: [(name: String, value: Float)] {
    descriptor.draws.enumerated().map { ($1.name, drawn[$0]) }
  }

  private var descriptor: AugmentationDescriptor { type.descriptor }
}

extension DrawnAugmentation: Hashable {
  /// Whether both the kind and the numbers are equal.
  package static func == (left: Self, right: Self) -> Bool {
    left.type == right.type && left.drawn == right.drawn
  }

  /// Hashes the kind and the numbers.
  package func hash(into hasher: inout Hasher) {
    hasher.combine(ObjectIdentifier(type))
    hasher.combine(drawn)
  }
}

/// Everything that was drawn for one sample: a value that can be printed, kept and replayed.
///
/// As JSON: `{"source": {"width": 200, "height": 267}, "steps": [{"rotate": {"degrees": 7.25}}, {"flip": {}}]}`.
/// Replaying it on the same image gives the same bits; the numbers are relative to the sizes of image and output,
/// so it can be replayed on others, too.
package struct AugmentationPlan: Hashable, Sendable {
  /// The size of the image for which the plan was drawn.
  package internal(set) var source: ImageSize
  /// The drawn augmentations, in the order in which they act.
  package internal(set) var steps: [DrawnAugmentation]

  /// The plan that does nothing.
  package init() {
    source = ImageSize(width: 1, height: 1)
    steps = []
  }

  func compose(into composition: inout Composition) {
    for step in steps {
      step.type.compose(step.drawn, into: &composition)
    }
  }
}

extension AugmentationPlan: CustomStringConvertible {
  /// The drawn augmentations on one line, to three decimals, such as `flip, rotate degrees=7.25`; `none` if there
  /// are none.
  package var description: String {
    if steps.isEmpty { return "none" }
    return steps.map { step in
      ([step.name] + step.values.map { "\($0.name)=\(Self.rounded($0.value))" }).joined(separator: " ")
    }.joined(separator: ", ")
  }

  private static func rounded(_ value: Float) -> String {
    AugmentationArgument.text((value * 1000).rounded() / 1000)
  }
}

extension AugmentationPlan: Codable {
  private enum Key: String, CodingKey {
    case source, steps
  }

  private struct Name: CodingKey {
    let stringValue: String
    var intValue: Int? { nil }

    init(_ name: String) { stringValue = name }
    init?(stringValue: String) { self.init(stringValue) }
    init?(intValue: Int) { nil }
  }

  /// Reads a plan and checks every name and number.
  package init(from decoder: any Decoder) throws {
    let values = try decoder.container(keyedBy: Key.self)
    let size = try values.nestedContainer(keyedBy: Name.self, forKey: .source)
    source = ImageSize(
      width: try size.decode(Int.self, forKey: Name("width")),
      height: try size.decode(Int.self, forKey: Name("height")))
    steps = []
    var list = try values.nestedUnkeyedContainer(forKey: .steps)
    while !list.isAtEnd {
      let path = list.codingPath
      let step = try list.nestedContainer(keyedBy: Name.self)
      func corrupt(_ problem: String) -> DecodingError {
        let error = AugmentationError.invalidPlan("step \(steps.count + 1): \(problem)")
        return .dataCorrupted(.init(codingPath: path, debugDescription: error.description))
      }
      guard step.allKeys.count == 1, let key = step.allKeys.first else {
        throw corrupt("expected one augmentation, got \(step.allKeys.count)")
      }
      guard let type = AugmentationRegistry.findSample(key.stringValue) else {
        let guess = nearest(to: key.stringValue, among: AugmentationRegistry.names) ?? ""
        throw corrupt("unknown augmentation \"\(key.stringValue)\"; did you mean \"\(guess)\"?")
      }
      let numbers = try step.nestedContainer(keyedBy: Name.self, forKey: key)
      let draws = type.descriptor.draws
      for name in numbers.allKeys where !draws.contains(where: { $0.name == name.stringValue }) {
        throw corrupt("\(key.stringValue) has no \"\(name.stringValue)\"")
      }
      var drawn = DrawnValues.zero
      for (place, draw) in draws.enumerated() {
        let value = try numbers.decode(Float.self, forKey: Name(draw.name))
        guard draw.range.contains(value) else {
          throw corrupt(
            """
            \(key.stringValue): \(draw.name)=\(value) is out of range; expected \
            \(AugmentationArgument.text(draw.range.lowerBound)) to \
            \(AugmentationArgument.text(draw.range.upperBound))
            """)
        }
        drawn[place] = value
      }
      steps.append(DrawnAugmentation(type: type, drawn: drawn))
    }
  }

  /// Writes names and numbers.
  package func encode(to encoder: any Encoder) throws {
    var values = encoder.container(keyedBy: Key.self)
    var size = values.nestedContainer(keyedBy: Name.self, forKey: .source)
    try size.encode(source.width, forKey: Name("width"))
    try size.encode(source.height, forKey: Name("height"))
    var list = values.nestedUnkeyedContainer(forKey: .steps)
    for step in steps {
      var container = list.nestedContainer(keyedBy: Name.self)
      var numbers = container.nestedContainer(keyedBy: Name.self, forKey: Name(step.name))
      for (name, value) in step.values { try numbers.encode(value, forKey: Name(name)) }
    }
  }
}
