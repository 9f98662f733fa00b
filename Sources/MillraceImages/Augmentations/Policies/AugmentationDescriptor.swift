/// An augmentation's name, what it does, and what a policy may set.
public struct AugmentationDescriptor: Sendable {
  /// The point in the journey of an image where an augmentation acts.
  public enum Stage: String, Sendable, CaseIterable {
    /// On the map from the output to the source.
    case geometry
    /// On colours, each pixel alone or by the image's histogram.
    case color
    /// On pixels and their neighbours.
    case local
    /// On whole minibatches.
    case batch
    /// An augmentation that does not act itself: it chooses among others.
    case policy
  }

  /// A number drawn for one sample, as a plan stores it.
  public struct DrawnValue: Sendable, Hashable {
    /// The number's name in a plan.
    public let name: String
    /// The values that can be drawn under any policy; a plan with any other is refused.
    public let range: ClosedRange<Float>

    /// Describes a number.
    public init(_ name: String, in range: ClosedRange<Float>) {
      self.name = name
      self.range = range
    }
  }

  /// The augmentation's name in policies and plans.
  public let name: String
  /// One sentence that says what it does.
  public let summary: String
  /// The paper or program that it follows.
  public let source: String
  /// The point where it acts.
  public let stage: Stage
  /// The parameters that a policy can set, in the order in which they are printed.
  public let parameters: [AugmentationParameter]
  /// The parameters that a value without a name sets; if there are none, it sets the probability.
  public let main: [String]
  /// The probability of applying it where the policy does not say.
  public let defaultProbability: Float
  /// The numbers that a plan stores of it, at most eight.
  public let draws: [DrawnValue]
  /// Arguments with which it changes nothing; nil if there are none.
  public let neutral: String?
  /// Whether it makes sense only once in a chain.
  public let isUnique: Bool

  /// Describes an augmentation.
  ///
  /// - Parameters:
  ///   - name: A unique name, in kebab case.
  ///   - summary: One sentence.
  ///   - source: The paper or program that it follows.
  ///   - stage: The point where it acts: `geometry`, `color` or `local`.
  ///   - parameters: The parameters that a policy can set.
  ///   - main: The parameters that a value without a name sets; nil: the first.
  ///   - defaultProbability: The probability of applying it where the policy does not say.
  ///   - draws: The numbers that a plan stores of it, at most eight.
  ///   - neutral: Arguments with which it changes nothing; nil if there are none.
  ///   - isUnique: Whether it makes sense only once in a chain.
  public init(
    name: String, summary: String, source: String, stage: Stage, parameters: [AugmentationParameter] = [],
    main: [String]? = nil, defaultProbability: Float = 1, draws: [DrawnValue] = [], neutral: String? = nil,
    isUnique: Bool = false
  ) {
    self.name = name
    self.summary = summary
    self.source = source
    self.stage = stage
    self.parameters = parameters
    self.main = main ?? parameters.prefix(1).map(\.name)
    self.defaultProbability = defaultProbability
    self.draws = draws
    self.neutral = neutral
    self.isUnique = isUnique
    precondition(
      draws.count <= DrawnValues.scalarCount, "\(name) draws more numbers than a plan's step holds")
  }
}

/// A number, a range of numbers or a word that a policy can set.
public struct AugmentationParameter: Sendable {
  /// How an argument is read.
  public enum Form: Hashable, Sendable {
    /// v means v itself; a..b means any number in between.
    case plain
    /// Like `plain`, in whole numbers.
    case whole
    /// One whole number, no range.
    case count
    /// v means 0..v.
    case upTo
    /// v means −v..v.
    case aroundZero
    /// v means 1−v..1+v.
    case aroundOne
    /// One of these words.
    case choice([String])
  }

  /// The parameter's name in a policy.
  public let name: String
  /// How its argument is read.
  public let form: Form
  /// The values that are allowed; for words, their places.
  public let range: ClosedRange<Float>
  /// The argument where the policy gives none.
  public let defaultArgument: AugmentationArgument
  /// The unit, such as `°`, or empty.
  public let unit: String
  /// One phrase that says what the parameter sets.
  public let summary: String

  /// Describes a number or a range of numbers.
  ///
  /// - Parameters:
  ///   - name: The name in policies.
  ///   - form: How its argument is read.
  ///   - range: The values that are allowed.
  ///   - argument: The argument where the policy gives none.
  ///   - unit: The unit, such as `°`, or empty.
  ///   - summary: One phrase that says what the parameter sets.
  public init(
    _ name: String, _ form: Form = .plain, in range: ClosedRange<Float>,
    default argument: AugmentationArgument,
    unit: String = "", _ summary: String
  ) {
    self.name = name
    self.form = form
    self.range = range
    self.defaultArgument = argument
    self.unit = unit
    self.summary = summary
  }

  /// Describes a word; the first of the words is the default.
  public init(_ name: String, oneOf words: [String], _ summary: String) {
    self.init(
      name, .choice(words), in: 0...Float(words.count - 1), default: .word(words[0]), summary)
  }

  /// The allowed arguments, in words.
  public var allowed: String {
    if case .choice(let words) = form { return words.joined(separator: ", ") }
    let bounds =
      "\(AugmentationArgument.text(range.lowerBound)) to \(AugmentationArgument.text(range.upperBound))\(unit)"
    switch form {
    case .plain, .choice: return bounds
    case .whole: return "whole numbers from \(bounds)"
    case .count: return "one whole number from \(bounds)"
    case .upTo: return "\(bounds) (v alone means 0..v)"
    case .aroundZero: return "\(bounds) (v alone means -v..v)"
    case .aroundOne: return "\(bounds) (v alone means 1-v..1+v)"
    }
  }

  /// The numbers that an argument stands for.
  ///
  /// - Throws: ``AugmentationError`` if the argument is of the wrong kind or out of range.
  func span(of argument: AugmentationArgument, augmentation: String) throws(AugmentationError) -> ArgumentSpan
  {
    func problem(_ make: (AugmentationError.Place, String, String) -> AugmentationError) -> AugmentationError
    {
      make(.init(augmentation: augmentation, parameter: name), argument.description, allowed)
    }
    var span: ArgumentSpan
    switch (form, argument) {
    case (.choice(let words), .word(let word)):
      guard let index = words.firstIndex(of: word) else { throw problem(AugmentationError.invalidValue) }
      return ArgumentSpan(low: Float(index), high: Float(index))
    case (.choice, _), (_, .word):
      throw problem(AugmentationError.invalidValue)
    case (.count, .range), (.count, .ends):
      throw problem(AugmentationError.invalidValue)
    case (.upTo, .value(let v)): span = ArgumentSpan(low: 0, high: v)
    case (.upTo, .ends(let v)): span = ArgumentSpan(low: 0, high: v, onlyEnds: true)
    case (.aroundZero, .value(let v)): span = ArgumentSpan(low: -abs(v), high: abs(v))
    case (.aroundOne, .value(let v)): span = ArgumentSpan(low: 1 - abs(v), high: 1 + abs(v))
    case (_, .value(let v)): span = ArgumentSpan(low: v, high: v)
    case (_, .range(let low, let high)): span = ArgumentSpan(low: low, high: high)
    case (.aroundOne, .ends(let v)): span = ArgumentSpan(low: 1 - abs(v), high: 1 + abs(v), onlyEnds: true)
    case (_, .ends(let v)): span = ArgumentSpan(low: -abs(v), high: abs(v), onlyEnds: true)
    }
    guard span.low <= span.high else { throw problem(AugmentationError.invalidValue) }
    guard span.low >= range.lowerBound, span.high <= range.upperBound else {
      throw problem(AugmentationError.outOfRange)
    }
    if form == .whole || form == .count {
      guard span.low == span.low.rounded(), span.high == span.high.rounded() else {
        throw problem(AugmentationError.invalidValue)
      }
    }
    return span
  }
}
