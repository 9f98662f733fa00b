public import MillraceModels

/// The names of a setting that is one of several kinds, each with numbers of its own.
public protocol NamedKind: RawRepresentable, CaseIterable, Sendable, Hashable where RawValue == String {
  /// The setting, such as `optimizer`, for messages.
  static var setting: String { get }
  /// The numbers that may follow the name.
  var parameters: [NamedParameter] { get }
}

/// One kind and its numbers, written `adam` or `adam:beta1=0.8;epsilon=1e-6`.
///
/// It is encoded as its text.
public struct NamedChoice<Kind: NamedKind>: Sendable, Hashable {
  /// What is chosen.
  public let kind: Kind
  /// Its numbers.
  public private(set) var arguments: NamedArguments

  /// A kind with its defaults.
  public init(_ kind: Kind) {
    self.kind = kind
    arguments = NamedArguments(kind.parameters)
  }

  /// A kind with some numbers of its own.
  ///
  /// - Throws: `ConfigurationError` for an unknown key or a value out of range.
  public init(_ kind: Kind, _ values: KeyValuePairs<String, Double>) throws(ConfigurationError) {
    self.init(kind)
    for (key, value) in values {
      try arguments.set(
        key, to: value, written: value.shortText, setting: Kind.setting, owner: kind.rawValue)
    }
  }

  /// Reads `name` or `name:key=value;key=value`.
  ///
  /// - Throws: `ConfigurationError` that names the nearest right name or the allowed range.
  public init(parsing text: String) throws(ConfigurationError) {
    let parts = text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
    let name = parts[0].trimmingSpaces
    guard let kind = Kind(rawValue: name) else {
      let names = Kind.allCases.map(\.rawValue)
      let hint = suggestion(for: name, among: names, else: "use one of \(names.joined(separator: ", "))")
      throw ConfigurationError(setting: Kind.setting, problem: "'\(name)' is unknown; \(hint)")
    }
    self.kind = kind
    arguments = try NamedArguments(
      parsing: parts.count > 1 ? parts[1] : "", of: kind.parameters, setting: Kind.setting,
      owner: kind.rawValue)
  }

  /// One of its numbers; the key must be among the kind's parameters.
  public subscript(key: String) -> Double { arguments[key] }
}

extension NamedChoice: CustomStringConvertible, Codable {
  /// The text that it can be read from: the name and every number.
  public var description: String {
    arguments.parameters.isEmpty ? kind.rawValue : "\(kind.rawValue):\(arguments)"
  }

  /// Reads its text.
  public init(from decoder: any Decoder) throws {
    try self.init(parsing: try decoder.singleValueContainer().decode(String.self))
  }

  /// Writes its text.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(description)
  }
}
