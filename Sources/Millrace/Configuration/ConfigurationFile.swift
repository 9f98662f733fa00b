import Yams

/// The YAML form of a configuration: one key a setting, spelled as the flag.
public enum ConfigurationFile {
  /// The text of a `config.yaml` that repeats the run.
  ///
  /// - Throws: What the YAML library throws, which for plain scalars is nothing.
  public static func text(of configuration: TrainingConfiguration) throws -> String {
    let pairs = configuration.settings.map { (Node($0.key), Node($0.text)) }
    return "# The resolved configuration of a run; `millrace train --config` repeats it.\n"
      + (try serialize(node: Node(pairs), width: -1, allowUnicode: true))
  }

  /// Applies a file's settings to a configuration.
  ///
  /// - Parameters:
  ///   - text: The contents of the file.
  ///   - path: Its name, for messages.
  ///   - configuration: What the file's settings change; others keep their values.
  /// - Throws: ``ConfigurationError`` for text that is no YAML mapping, an unknown key or a bad value.
  public static func apply(
    _ text: String, path: String, to configuration: inout TrainingConfiguration
  ) throws {
    let node: Node?
    do {
      node = try compose(yaml: text)
    } catch let error as YamlError {
      let lines = "\(error)".split(whereSeparator: \.isNewline).map { $0.trimmingSpaces }
      throw ConfigurationError(setting: path, problem: "is no YAML: \(lines.joined(separator: " "))")
    }
    guard let node else { return }
    guard let mapping = node.mapping else {
      throw ConfigurationError(setting: path, problem: "must hold settings such as 'epochs: 20', one a line")
    }
    for (key, value) in mapping {
      guard let name = key.string else {
        throw ConfigurationError(setting: path, problem: "has a key that is no name")
      }
      do {
        try configuration.set(name, to: try scalarText(value, of: name))
      } catch {
        throw ConfigurationError(setting: path, problem: "\(error)")
      }
    }
  }

  /// The text of a scalar; a list's items are joined with commas, as a flag spells them.
  private static func scalarText(_ node: Node, of key: String) throws(ConfigurationError) -> String {
    if let scalar = node.scalar { return scalar.string }
    if let items = node.sequence {
      var texts: [String] = []
      for item in items { texts.append(try scalarText(item, of: key)) }
      return texts.joined(separator: ",")
    }
    throw ConfigurationError(setting: key, problem: "must be a value or a list of values, not a mapping")
  }
}
