public import MillraceModels

/// The numbers of a choice, written `key=value;key=value`: each parameter's own or its default.
public struct NamedArguments: Sendable, Hashable {
  /// What can be set.
  public let parameters: [NamedParameter]
  /// A number for each parameter, in their order.
  private var values: [Double]

  /// Every parameter at its default.
  public init(_ parameters: [NamedParameter]) {
    self.parameters = parameters
    values = parameters.map(\.defaultValue)
  }

  /// Reads `key=value;key=value`; empty text leaves the defaults.
  ///
  /// - Parameters:
  ///   - text: What is written.
  ///   - parameters: What can be set.
  ///   - setting: The setting that an error is about, such as `optimizer`.
  ///   - owner: Whose numbers they are, such as `adam`.
  /// - Throws: `ConfigurationError` for an unknown key (it names the nearest), one that stands twice, or a
  ///   value out of range (it names the range).
  public init(
    parsing text: some StringProtocol, of parameters: [NamedParameter], setting: String, owner: String
  ) throws(ConfigurationError) {
    self.init(parameters)
    if text.trimmingSpaces.isEmpty { return }
    var seen: Set<String> = []
    for item in text.split(separator: ";", omittingEmptySubsequences: false) {
      let pair = item.split(separator: "=", maxSplits: 1).map { $0.trimmingSpaces }
      try require(
        pair.count == 2, setting, "\(owner) takes \(Self.usage(parameters)), got '\(item.trimmingSpaces)'")
      try require(seen.insert(pair[0]).inserted, setting, "\(owner)'s \(pair[0]) occurs twice; write it once")
      // What is no number is out of every range.
      try set(pair[0], to: Double(pair[1]) ?? .nan, written: pair[1], setting: setting, owner: owner)
    }
  }

  /// Sets one number.
  ///
  /// - Throws: ``ConfigurationError`` for an unknown key or a value out of range.
  package mutating func set(
    _ key: String, to value: Double, written: String, setting: String, owner: String
  ) throws(ConfigurationError) {
    guard let index = parameters.firstIndex(where: { $0.key == key }) else {
      let hint = suggestion(
        for: key, among: parameters.map(\.key), else: "it takes \(Self.usage(parameters))")
      throw ConfigurationError(setting: setting, problem: "\(owner) has no '\(key)'; \(hint)")
    }
    let parameter = parameters[index]
    try require(
      parameter.accepts(value), setting, "\(owner)'s \(key) must be \(parameter.allowed), got \(written)")
    values[index] = value
  }

  /// The number of a parameter; the key must be one.
  public subscript(key: String) -> Double {
    for index in parameters.indices where parameters[index].key == key { return values[index] }
    preconditionFailure("there is no parameter '\(key)' among \(parameters.map(\.key))")
  }

  private static func usage(_ parameters: [NamedParameter]) -> String {
    parameters.isEmpty
      ? "no numbers" : parameters.map { "\($0.key)=\($0.defaultValue.shortText)" }.joined(separator: ";")
  }
}

extension NamedArguments: CustomStringConvertible {
  /// Every number, so that a file that holds this repeats a run even where a default has changed.
  public var description: String {
    zip(parameters, values).map { "\($0.key)=\($1.shortText)" }.joined(separator: ";")
  }
}
