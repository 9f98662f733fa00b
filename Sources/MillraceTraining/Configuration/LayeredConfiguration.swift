package import MillraceModels

/// A configuration under way: the defaults, a file's settings upon them, and flags on top; it knows what came from
/// where.
///
/// ```swift
/// var layers = LayeredConfiguration()
/// try layers.apply(file: "epochs: 5\nlr: 0.1", path: "run.yaml")
/// try layers.apply(flag: "lr", "0.01")
/// let configuration = try layers.resolved()  // five epochs at 0.01
/// ```
package struct LayeredConfiguration: Sendable {
  /// Where a setting's value comes from.
  package enum Origin: Sendable, Hashable {
    /// Nobody gave it.
    case standard
    /// A file, and the line in it, from 1.
    case file(path: String, line: Int?)
    /// A flag.
    case flag
  }

  /// All layers together. Ranges are checked by ``resolved()``.
  package private(set) var configuration: TrainingConfiguration
  /// What there would be without the flags.
  private var withoutFlags: TrainingConfiguration
  private var origins: [String: Origin] = [:]

  /// Begins with the defaults, or another configuration, at the bottom.
  package init(_ base: TrainingConfiguration = TrainingConfiguration(data: "")) {
    withoutFlags = base
    configuration = base
  }

  /// Where a setting's value comes from.
  package func origin(of key: String) -> Origin { origins[key] ?? .standard }

  /// Lays the settings of a YAML file upon what is there.
  ///
  /// - Parameters:
  ///   - text: The contents of the file.
  ///   - path: Its name, for messages.
  /// - Throws: ``ConfigurationError`` that names file and line: for what is no YAML mapping, an unknown key,
  ///   or a value that cannot be read.
  package mutating func apply(file text: String, path: String) throws(ConfigurationError) {
    for entry in try ConfigurationFile.entries(of: text, path: path) {
      let origin = Origin.file(path: path, line: entry.line)
      do {
        try withoutFlags.set(entry.key, to: entry.text)
        try configuration.set(entry.key, to: entry.text)
      } catch {
        throw origin.located(error)
      }
      origins[entry.key] = origin
    }
  }

  /// Lays a flag upon what is there.
  ///
  /// - Parameters:
  ///   - key: The setting's name, such as `batch-size`.
  ///   - text: Its value.
  /// - Throws: ``ConfigurationError``, or the error of an augmentation's own grammar.
  package mutating func apply(flag key: String, _ text: String) throws {
    try configuration.set(key, to: text)
    origins[key] = .flag
  }

  /// The configuration, checked.
  ///
  /// - Throws: ``ConfigurationError`` for the first setting out of range, or one that was given and has no effect beside
  ///   the other settings. What comes from a file is named with its line. A setting of a file that a flag has made idle is
  ///   no error: flags win.
  package func resolved() throws(ConfigurationError) -> TrainingConfiguration {
    do {
      try configuration.validate()
    } catch {
      throw origin(of: error.setting).located(error)
    }
    for setting in ConfigurationSetting.all {
      guard let error = configuration.errorWithoutEffect(of: setting.key) else { continue }
      switch origin(of: setting.key) {
      case .standard: break
      case .flag: throw error
      case .file:
        if withoutFlags.errorWithoutEffect(of: setting.key) != nil {
          throw origin(of: setting.key).located(error)
        }
      }
    }
    return configuration
  }
}

extension LayeredConfiguration.Origin {
  /// An error about a setting with the place where the setting stands, if it stands in a file.
  fileprivate func located(_ error: any Error) -> ConfigurationError {
    switch (self, error) {
    case (.file(let path, let line), _):
      ConfigurationError(setting: ConfigurationFile.place(path, line), problem: "\(error)")
    case (_, let error as ConfigurationError): error
    case (_, let error): ConfigurationError(setting: "augment", problem: "\(error)")
    }
  }
}

extension TrainingConfiguration {
  /// The error of giving a setting that has no effect; nil if it has one.
  fileprivate func errorWithoutEffect(of key: String) -> ConfigurationError? {
    reasonWithoutEffect(of: key).map {
      ConfigurationError(setting: key, problem: "has no effect \($0); change that, or leave this out")
    }
  }
}
