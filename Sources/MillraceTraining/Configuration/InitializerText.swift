import MillraceModels
package import MillraceNetwork

/// How the weights begin, as text: `he`, `glorot`, `normal:deviation=0.01` or `uniform:limit=0.05`.
private enum InitializerKind: String, NamedKind {
  case he
  case glorot
  case normal
  case uniform

  static var setting: String { "init" }

  var parameters: [NamedParameter] {
    switch self {
    case .he, .glorot: []
    case .normal: [NamedParameter("deviation", default: 0.01, .above(0, to: 1000), "standard deviation")]
    case .uniform: [NamedParameter("limit", default: 0.05, .above(0, to: 1000), "largest size of a weight")]
    }
  }
}

extension Initializer {
  /// The names that a text begins with.
  package static let words = InitializerKind.allCases.map(\.rawValue)

  /// Reads the text of a setting.
  ///
  /// - Throws: ``ConfigurationError`` naming what is possible.
  init(parsing text: String) throws(ConfigurationError) {
    let choice = try NamedChoice<InitializerKind>(parsing: text)
    switch choice.kind {
    case .he: self = .he
    case .glorot: self = .glorot
    case .normal: self = .normal(deviation: Float(choice["deviation"]))
    case .uniform: self = .uniform(limit: Float(choice["limit"]))
    }
  }

  /// The text that is read back.
  package var text: String {
    switch self {
    case .he: "he"
    case .glorot: "glorot"
    case .normal(let deviation): "normal:deviation=\(deviation)"
    case .uniform(let limit): "uniform:limit=\(limit)"
    }
  }
}
