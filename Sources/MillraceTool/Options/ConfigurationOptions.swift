import ArgumentParser
import Foundation
import MillraceModels
import MillraceTraining

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
  ///   - idle: Settings that do nothing in this command, which takes them so that a command line of `train` serves.
  ///   - note: Is told of those.
  func configuration(
    _ groups: [any SettingOptions], needsData: Bool = true, idle: IdleSettings = .none,
    note: (String) -> Void = Failure.note
  ) throws -> TrainingConfiguration {
    let layers = try layers(groups)
    let configuration = try layers.resolved()
    if needsData && configuration.data.isEmpty {
      throw ConfigurationError(
        setting: "DATA",
        problem: "is missing; name the folder of images, or set 'data' in the file of --config")
    }
    for (key, path) in configuration.settings where ConfigurationSetting.imagePaths.contains(key) {
      guard case .file(let file, let line) = layers.origin(of: key), !path.isEmpty, access(path, F_OK) != 0
      else { continue }
      throw MissingData(path: path, key: key, file: file, line: line)
    }
    if let text = idle.note(on: groups.given.map(\.key)) { note(text) }
    return configuration
  }

  /// The defaults, the file and the flags, not yet checked together.
  func layers(_ groups: [any SettingOptions]) throws -> LayeredConfiguration {
    var layers = LayeredConfiguration()
    if let config { try layers.apply(file: try TextFile.read(config), path: config) }
    try layers.apply(groups)
    return layers
  }
}

/// A folder of images, or a table of them, that a configuration file names and that is not there.
struct MissingData: Error, CustomStringConvertible {
  let path: String
  let key: String
  let file: String
  let line: Int?

  var description: String {
    "\(file)\(line.map { ":\($0)" } ?? ""): \(key): there is no \(path) here; run this where it lies, or "
      + (key == "data" ? "name the folder before the flags" : "give --\(key)")
  }
}

extension LayeredConfiguration {
  /// Lays the flags that were given upon what is there.
  ///
  /// - Throws: ``ConfigurationError``, or the error of an augmentation's grammar.
  mutating func apply(_ groups: [any SettingOptions]) throws {
    for (key, text) in groups.given { try apply(flag: key, text) }
  }
}

extension TrainingConfiguration {
  /// The configuration with the flags that were given, checked.
  ///
  /// - Throws: ``ConfigurationError``, or the error of an augmentation's grammar.
  func applying(_ groups: [any SettingOptions]) throws -> TrainingConfiguration {
    var layers = LayeredConfiguration(self)
    try layers.apply(groups)
    return try layers.resolved()
  }
}

extension [any SettingOptions] {
  /// Each setting that was given and its text.
  fileprivate var given: [(key: String, text: String)] {
    flatMap(\.given).compactMap { key, text in text.map { (key, $0) } }
  }
}
