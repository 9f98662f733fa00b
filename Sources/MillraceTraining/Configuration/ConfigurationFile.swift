import Foundation
package import MillraceModels
import Yams

/// The YAML form of a configuration: one key a setting, spelled as the flag.
package enum ConfigurationFile {
  /// A setting as a file gives it.
  package struct Entry {
    package let key: String
    package let text: String
    /// Its line in the file, from 1; nil where the parser does not say.
    let line: Int?
  }

  /// The text of a `config.yaml` that repeats the run: every setting that has an effect.
  ///
  /// What the program has chosen stays `auto`, so that the choice fits whatever else is changed; its value and the reason
  /// stand behind it as a comment.
  ///
  /// - Throws: What the YAML library throws, which for plain scalars is nothing.
  package static func text(of configuration: TrainingConfiguration) throws -> String {
    let choices = Dictionary(
      uniqueKeysWithValues: configuration.resolvedSettings.compactMap { setting in
        setting.choiceInWords.map { (setting.key, $0) }
      })
    let lines = try configuration.settings
      .filter { configuration.reasonWithoutEffect(of: $0.key) == nil }
      .map { try line($0.key, $0.text, comment: choices[$0.key] ?? absolutePath($0.key, $0.text)) }
    return "# The configuration of a run; `millrace train --config` repeats it.\n" + lines.joined()
  }

  /// Where a path of the data leads that is written as it was typed, for whoever reads the file elsewhere.
  private static func absolutePath(_ key: String, _ text: String) -> String? {
    guard ConfigurationSetting.imagePaths.contains(key), !text.isEmpty, !text.hasPrefix("/") else {
      return nil
    }
    let path = URL(fileURLWithPath: text).standardizedFileURL.path
    return path.contains(where: \.isNewline) ? nil : path
  }

  /// Applies a file's settings to a configuration.
  ///
  /// One that has no effect beside the others is no error here: what a run has written is taken as it is. See
  /// ``LayeredConfiguration`` for what a person has.
  ///
  /// - Parameters:
  ///   - text: The contents of the file.
  ///   - path: Its name, for messages.
  ///   - configuration: What the file's settings change; others keep their values.
  /// - Throws: ``ConfigurationError`` for text that is no YAML mapping, an unknown key or a bad value; it names the
  ///   file and the line.
  package static func apply(
    _ text: String, path: String, to configuration: inout TrainingConfiguration
  ) throws(ConfigurationError) {
    var layers = LayeredConfiguration(configuration)
    try layers.apply(file: text, path: path)
    configuration = layers.configuration
  }

  /// A line `key: value  # comment` and its end, quoted as YAML needs it.
  static func line(_ key: String, _ text: String, comment: String? = nil) throws -> String {
    let line = try serialize(node: Node([(Node(key), Node(text))]), width: -1, allowUnicode: true)
    guard let comment else { return line }
    return line.dropLast() + String(repeating: " ", count: max(2, 32 - line.count)) + "# \(comment)\n"
  }

  /// The settings that a file holds, in its order.
  ///
  /// - Throws: ``ConfigurationError`` for text that is no mapping of names to values or lists of values.
  static func entries(of text: String, path: String) throws(ConfigurationError) -> [Entry] {
    let node: Node?
    do {
      // Some editors begin a file with a byte order mark.
      node = try compose(
        yaml: text.unicodeScalars.first == "\u{FEFF}" ? String(text.unicodeScalars.dropFirst()) : text)
    } catch {
      throw ConfigurationError(yaml: error, path: path)
    }
    guard let node else { return [] }
    guard let mapping = node.mapping else {
      throw ConfigurationError(
        setting: place(path, node.mark?.line), problem: "must hold settings such as 'epochs: 20', one a line")
    }
    var entries: [Entry] = []
    for (key, value) in mapping {
      let line = key.mark?.line
      guard let name = key.string else {
        throw ConfigurationError(setting: place(path, line), problem: "has a key that is not a name")
      }
      guard let text = Self.text(of: value) else {
        throw ConfigurationError(
          setting: place(path, line),
          problem: "\(name): is nested too deeply; write it as the flag does, in quotes")
      }
      let isNothing = value.scalar?.style == .plain && ["", "~", "null"].contains(text)
      if isNothing {
        throw ConfigurationError(
          setting: place(path, line), problem: "\(name): has no value; write one or remove the line")
      }
      entries.append(Entry(key: name, text: text, line: line))
    }
    return entries
  }

  /// A file, or a line of it, as compilers name them.
  static func place(_ path: String, _ line: Int?) -> String { line.map { "\(path):\($0)" } ?? path }

  /// A value as a flag spells it: a list's items with commas between them, and names with their values as in
  /// `rotate:15` and `elastic:sigma=4;alpha=30`. Nil for what no flag could say.
  private static func text(of node: Node) -> String? {
    if let scalar = node.scalar { return scalar.string }
    if let items = node.sequence { return joined(items.map(text), by: ",") }
    guard let mapping = node.mapping else { return nil }
    return joined(
      mapping.map { key, value in
        guard let name = key.string else { return nil }
        guard let numbers = value.mapping else { return value.scalar.map { "\(name):\($0.string)" } }
        return joined(
          numbers.map { key, value in
            key.string.flatMap { name in value.scalar.map { "\(name)=\($0.string)" } }
          }, by: ";"
        ).map { "\(name):\($0)" }
      }, by: ",")
  }

  /// The parts together; nil where one of them is.
  private static func joined(_ parts: [String?], by separator: String) -> String? {
    parts.contains(nil) ? nil : parts.compactMap { $0 }.joined(separator: separator)
  }
}

extension ConfigurationError {
  /// What is wrong with a file's syntax, and in which line.
  fileprivate init(yaml error: any Error, path: String) {
    var line: Int?
    var problem = "\(error)"
    switch error as? YamlError {
    case .scanner(_, let text, let mark, _)?, .parser(_, let text, let mark, _)?,
      .composer(_, let text, let mark, _)?:
      (line, problem) = (mark.line, text)
    case .duplicatedKeysInMapping(let keys, let context)?:
      line = context.mark.line
      problem = "\(keys.joined(separator: ", ")) occurs twice; keep one"
      self.init(setting: ConfigurationFile.place(path, line), problem: problem)
      return
    default: break
    }
    problem = problem.split(whereSeparator: \.isNewline).map { $0.trimmingSpaces }.joined(separator: " ")
    self.init(
      setting: ConfigurationFile.place(path, line),
      problem: "is not YAML: \(problem); write one 'key: value' a line")
  }
}
