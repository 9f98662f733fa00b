import MillraceImages
import MillraceModels

/// Every setting of a configuration with its value and where that comes from.
package struct ConfigurationListing: Sendable, Encodable {
  /// A setting as a run would have it.
  package struct Line: Sendable, Encodable {
    /// The setting's name.
    package let key: String
    /// Its value; nil where none is set.
    package let value: String?
    /// `default`, `flag`, or the file and its line.
    package let origin: String
    /// What a value that is left to be chosen comes to here, or why the setting has no effect.
    package let remark: String?
    /// Whether the setting has an effect beside the others.
    package let hasEffect: Bool
  }

  /// A line for each setting, in their order.
  package let settings: [Line]

  /// Lists a configuration.
  ///
  /// - Parameters:
  ///   - layers: The configuration.
  ///   - facts: What is known of its images; nil: what depends on them stays open.
  package init(_ layers: LayeredConfiguration, facts: DatasetFacts? = nil) {
    let configuration = layers.configuration
    let values = Dictionary(uniqueKeysWithValues: configuration.settings.map { ($0.key, $0.text) })
    let choices = configuration.choicesInWords(for: facts)
    settings = ConfigurationSetting.all.map { setting in
      let value = values[setting.key]
      let reason = configuration.reasonWithoutEffect(of: setting.key)
      let choice = configuration.execution.machineChoice(of: setting.key) ?? choices[setting.key]
      return Line(
        key: setting.key, value: value, origin: layers.origin(of: setting.key).text,
        remark: reason.map { "no effect \($0)" } ?? choice ?? (value == nil ? setting.summary : nil),
        hasEffect: reason == nil)
    }
  }

  /// A configuration file that gives the same run; the origins stand behind the values as comments, and what is not
  /// set, or has no effect, is a comment as a whole.
  ///
  /// - Throws: What the YAML library throws, which for plain scalars is nothing.
  package func yaml() throws -> String {
    try settings.map { line in
      guard let value = line.value else { return "# \(line.key):  # \(line.remark ?? "not set")\n" }
      let comment = [line.origin, line.remark].compactMap { $0 }.joined(separator: ", ")
      return try (line.hasEffect ? "" : "# ") + ConfigurationFile.line(line.key, value, comment: comment)
    }.joined()
  }
}

extension LayeredConfiguration.Origin {
  /// The origin in words, for a comment.
  fileprivate var text: String {
    switch self {
    case .standard: "default"
    case .flag: "flag"
    case .file(let path, let line): ConfigurationFile.place(path, line)
    }
  }
}

extension TrainingConfiguration {
  /// What the settings that are left to the program come to and why, by name.
  ///
  /// - Parameter facts: What is known of the images; nil: only what is the same for any images is said.
  fileprivate func choicesInWords(for facts: DatasetFacts?) -> [String: String] {
    let known = facts.map { [$0] } ?? DatasetFacts.unlike
    let choices = known.map { facts in
      Dictionary(
        uniqueKeysWithValues: chosen(for: facts).resolvedSettings.compactMap { setting in
          setting.choiceInWords.map { (setting.key, $0) }
        })
    }
    return choices.dropFirst().reduce(choices[0]) { common, other in
      common.merging(other) { $0 == $1 ? $0 : "by the images" }
    }
  }
}

extension DatasetFacts {
  /// Data sets as unlike each other as can be.
  fileprivate static let unlike = [
    DatasetFacts(
      trainingCount: 10, validationCount: 0, classCount: 2, classSizes: 1...9,
      size: ImageSize(width: 8, height: 9),
      isGray: true),
    DatasetFacts(
      trainingCount: 1_000_000, validationCount: 100_000, classCount: 1_000, classSizes: 1_000...1_000,
      size: ImageSize(width: 4_000, height: 3_000), isGray: false),
  ]
}

extension ExecutionOptions {
  /// What a number of threads comes to here that is left to the program.
  fileprivate func machineChoice(of key: String) -> String? {
    switch key {
    case "workers" where workers == nil: "\(resolvedWorkers) on this machine"
    case "loaders" where loaders == nil: "\(resolvedLoaders) on this machine"
    default: nil
    }
  }
}
