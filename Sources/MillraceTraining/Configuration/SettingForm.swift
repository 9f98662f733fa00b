import MillraceImages
import MillraceModels
import MillraceNetwork
import MillracePipeline

/// How a kind of value is written: as a flag, in a configuration file, in `config.yaml`.
struct SettingForm<Value>: Sendable {
  /// The words that it may be, or begin with, where there are such.
  var words: [String] = []
  /// Whether it is one of ``words`` and nothing else, so that a summary lists them.
  var isOneOfWords = false
  /// The value as text, or nil where there is none.
  let text: @Sendable (Value) -> String?
  /// Reads a setting's text; the key is for messages.
  let parse: @Sendable (_ key: String, _ text: String) throws -> Value
}

// MARK: Plain values

extension SettingForm<Int> {
  /// A whole number.
  static var integer: Self {
    SettingForm(text: { "\($0)" }) { key, text throws(ConfigurationError) in
      guard let value = Int(text) else {
        throw ConfigurationError(setting: key, problem: "must be a whole number, got '\(text)'")
      }
      return value
    }
  }
}

extension SettingForm<Int> {
  /// How many networks there are, at least two; one is nothing special, and neither given nor written.
  static var networks: Self {
    SettingForm(text: { $0 == 1 ? nil : "\($0)" }) { key, text in
      let count = try integer.parse(key, text)
      guard count > 1 else {
        throw ConfigurationError(
          setting: key, problem: "must be at least 2, got \(count); leave it out to train one network")
      }
      return count
    }
  }
}

extension SettingForm<Double> {
  /// A finite number.
  static var number: Self {
    SettingForm(text: { "\($0)" }) { key, text throws(ConfigurationError) in
      try ConfigurationSetting.parseNumber(key, text)
    }
  }

  /// A share as a number, or in percent: `0.1` and `10%` are the same.
  static var share: Self {
    SettingForm(text: { "\($0)" }) { key, text throws(ConfigurationError) in
      try ConfigurationSetting.parseShare(key, text)
    }
  }
}

extension SettingForm<Bool> {
  /// `true` or `false`.
  static var truth: Self {
    SettingForm(text: { "\($0)" }) { key, text throws(ConfigurationError) in
      guard let value = Bool(text) else {
        throw ConfigurationError(setting: key, problem: "must be true or false, got '\(text)'")
      }
      return value
    }
  }
}

extension SettingForm<UInt64> {
  /// A whole number of 64 bits.
  static var seed: Self {
    SettingForm(text: { "\($0)" }) { key, text throws(ConfigurationError) in
      guard let value = UInt64(text) else {
        throw ConfigurationError(
          setting: key, problem: "must be a whole number from 0 to 2^64-1, got '\(text)'")
      }
      return value
    }
  }
}

extension SettingForm<String> {
  /// A path, taken as it is.
  static var path: Self { SettingForm(text: { $0.isEmpty ? nil : $0 }) { $1 } }
}

// MARK: Values made of others

extension SettingForm {
  /// Another value, or a word for none; nil for a setting that is not written where it is none.
  static func optional<Wrapped>(_ form: SettingForm<Wrapped>, none: String?) -> Self where Value == Wrapped? {
    SettingForm(words: form.words, text: { $0.map(form.text) ?? none }) { key, text in
      text == none ? nil : try form.parse(key, text)
    }
  }

  /// One of several names.
  ///
  /// - Parameter unwritten: The one that is nothing special, and not written; nil: all are.
  static func word(unwritten: Value? = nil) -> Self
  where
    Value: RawRepresentable & CaseIterable & Sendable, Value.RawValue == String,
    Value.AllCases: SendableMetatype
  {
    let names = Value.allCases.map(\.rawValue)
    return SettingForm(
      words: names, isOneOfWords: true,
      text: { $0.rawValue == unwritten?.rawValue ? nil : $0.rawValue }
    ) {
      key, text throws(ConfigurationError) in
      guard let value = Value(rawValue: text) else {
        let hint = suggestion(for: text, among: names, else: "use one of \(names.joined(separator: ", "))")
        throw ConfigurationError(setting: key, problem: "'\(text)' is unknown; \(hint)")
      }
      return value
    }
  }

  /// What has a text of its own and is read back from it.
  static func described(
    words: [String] = [], _ parse: @escaping @Sendable (String) throws -> Value
  ) -> Self where Value: CustomStringConvertible & SendableMetatype {
    SettingForm(words: words, text: { $0.description }) { try parse($1) }
  }

  /// One of several kinds with its numbers.
  static func named<Kind: NamedKind>() -> Self where Value == NamedChoice<Kind> {
    .described(words: Kind.allCases.map(\.rawValue)) { try NamedChoice<Kind>(parsing: $0) }
  }
}

// MARK: Values of images and networks

extension SettingForm<[Double]> {
  /// Shares with commas between them.
  static var shares: Self {
    SettingForm(text: { $0.map(\.shortText).joined(separator: ",") }) { key, text in
      try text.split(separator: ",", omittingEmptySubsequences: false).map {
        try ConfigurationSetting.parseShare(key, $0.trimmingSpaces)
      }
    }
  }
}

extension SettingForm<[Int]> {
  /// The widths of layers, or `none`.
  static var widths: Self {
    SettingForm(text: { $0.isEmpty ? "none" : $0.map(String.init).joined(separator: ",") }) { key, text in
      if text == "none" { return [] }
      return try text.split(separator: ",", omittingEmptySubsequences: false).map { part in
        guard let count = Int(part.trimmingSpaces) else {
          throw ConfigurationError(
            setting: key,
            problem: "must be widths such as 512,256, or none for a linear classifier, got '\(text)'")
        }
        return count
      }
    }
  }
}

extension SettingForm<[HiddenActivation]> {
  /// The names of activations with commas between them.
  static var activations: Self {
    SettingForm(words: HiddenActivation.words, text: { $0.map(\.description).joined(separator: ",") }) {
      key, text in
      try text.split(separator: ",").map { part in
        guard let activation = HiddenActivation(part.trimmingSpaces) else {
          throw ConfigurationError(
            setting: key, problem: "'\(part)' is unknown; use one of \(HiddenActivation.names)")
        }
        return activation
      }
    }
  }
}

extension SettingForm<DatasetGrouping> {
  /// A word, or a regular expression.
  static var grouping: Self {
    SettingForm(words: DatasetGrouping.words, text: { $0.description }) {
      key, text throws(ConfigurationError) in
      do throws(PathPatternError) {
        return try DatasetGrouping(parsing: text)
      } catch {
        throw ConfigurationError(setting: key, problem: error.description)
      }
    }
  }
}

extension SettingForm<ImageSize> {
  /// A side, or width and height with whatever people write between them.
  static var size: Self {
    SettingForm(text: { $0.width == $0.height ? "\($0.width)" : "\($0.width)x\($0.height)" }) {
      key, text throws(ConfigurationError) in
      let sides = text.split(omittingEmptySubsequences: false) { "xX×*,".contains($0) }
        .map { Int($0.trimmingSpaces) }
      switch (sides.count, sides.first ?? nil, sides.last ?? nil) {
      case (1, let side?, _): return ImageSize(width: side, height: side)
      case (2, let width?, let height?): return ImageSize(width: width, height: height)
      default:
        throw ConfigurationError(
          setting: key, problem: "must be a side such as 32 or WIDTHxHEIGHT such as 64x48, got '\(text)'")
      }
    }
  }
}

extension SettingForm<AugmentationPolicy> {
  /// An augmentation policy in its own grammar.
  static var policy: Self {
    .described(words: AugmentationRegistry.names) { try AugmentationPolicy(parsing: $0) }
  }
}

extension SettingForm<Channels> {
  /// `rgb` or `gray`, in any spelling of either.
  static var channels: Self {
    SettingForm(words: ["rgb", "gray"], text: { $0.name }) { key, text throws(ConfigurationError) in
      switch text.lowercased() {
      case "rgb", "color", "colour": return .rgb
      case "gray", "grey": return .gray
      default: throw ConfigurationError(setting: key, problem: "must be rgb or gray, got '\(text)'")
      }
    }
  }
}

extension SettingForm<RGBColor> {
  /// A colour by its name or in numbers.
  static var color: Self {
    let names = RGBColor.named.map(\.name)
    return SettingForm(words: names, text: { $0.description }) { key, text throws(ConfigurationError) in
      guard let color = RGBColor(text) else {
        let hint = suggestion(for: text, among: names, else: "the names are \(names.joined(separator: ", "))")
        throw ConfigurationError(
          setting: key,
          problem: "must be a colour such as white, #ffcc00 or 255,204,0, got '\(text)'; \(hint)")
      }
      return color
    }
  }
}

extension SettingForm<Normalization> {
  /// `MEAN/DEVIATION`, each a number for all channels or one for each.
  static var normalization: Self {
    SettingForm(text: { normalization in
      func list(_ values: [Float]) -> String { values.map { "\($0)" }.joined(separator: ",") }
      return "\(list(normalization.mean))/\(list(normalization.standardDeviation))"
    }) { key, text throws(ConfigurationError) in
      let sides = text.split(separator: "/").map { $0.split(separator: ",").map { Float($0.trimmingSpaces) } }
      let numbers = sides.map { $0.compactMap { $0 } }
      guard sides.count == 2, numbers == sides, !numbers[0].isEmpty, !numbers[1].isEmpty,
        numbers[0].allSatisfy(\.isFinite), numbers[1].allSatisfy({ $0 > 0 && $0.isFinite })
      else {
        throw ConfigurationError(
          setting: key,
          problem: "must be auto or MEAN/DEVIATION such as 0.5/0.25 for all channels, or for each of three "
            + "0.48,0.46,0.41/0.23,0.22,0.22, with deviations above 0; got '\(text)'")
      }
      return Normalization(mean: numbers[0], standardDeviation: numbers[1])
    }
  }
}

extension ConfigurationSetting {
  /// Reads a finite number.
  fileprivate static func parseNumber(_ key: String, _ text: String) throws(ConfigurationError) -> Double {
    guard let value = Double(text), value.isFinite else {
      throw ConfigurationError(setting: key, problem: "must be a number, got '\(text)'")
    }
    return value
  }

  /// Reads a share, which may be in percent.
  fileprivate static func parseShare(_ key: String, _ text: String) throws(ConfigurationError) -> Double {
    guard text.hasSuffix("%") else { return try parseNumber(key, text) }
    return try parseNumber(key, text.dropLast().trimmingSpaces) / 100
  }
}
