import ArgumentParser
import Millrace

/// A configuration file, and the flags that win over it.
struct ConfigurationOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "A YAML file of settings, spelled as the flags are; a run's config.yaml repeats it. Flags win.",
      valueName: "file"),
    completion: .file(extensions: ["yaml", "yml"]))
  var config: String?

  /// The configuration that the file and the flags make together.
  ///
  /// - Parameters:
  ///   - groups: The command's flags.
  ///   - needsData: Whether a folder of images must be named.
  func configuration(_ groups: [any SettingOptions], needsData: Bool = true) throws -> TrainingConfiguration {
    var configuration = TrainingConfiguration(data: "")
    if let config {
      try ConfigurationFile.apply(try TextFile.read(config), path: config, to: &configuration)
    }
    configuration = try configuration.applying(groups)
    if needsData && configuration.data.isEmpty {
      throw ConfigurationError(
        setting: "DATA",
        problem: "is missing; name the folder of images, or set 'data' in the file of --config")
    }
    return configuration
  }
}

extension TrainingConfiguration {
  /// The configuration with the flags that were given, checked.
  ///
  /// - Throws: ``ConfigurationError``, or the error of an augmentation's grammar.
  func applying(_ groups: [any SettingOptions]) throws -> TrainingConfiguration {
    var result = self
    let given = groups.flatMap(\.given).filter { $0.text != nil }
    for (key, text) in given {
      if let text { try result.set(key, to: text) }
    }
    if Set(given.map(\.key)).isSuperset(of: ["val", "val-fraction"]) {
      throw ConfigurationError(
        setting: "val-fraction", problem: "has no effect beside --val; leave one of them out")
    }
    try result.validate()
    return result
  }
}
