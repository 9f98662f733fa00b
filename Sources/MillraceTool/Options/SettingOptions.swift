import ArgumentParser
import MillraceTraining

/// A group of flags, each of which is a setting of ``TrainingConfiguration``.
///
/// Flags are text here: the library's table of settings parses and refuses them, as it does a configuration
/// file's values. All are optional, so that a file can lie beneath them.
protocol SettingOptions: ParsableArguments {
  /// Each setting's name and the text given for it.
  var given: [(key: String, text: String?)] { get }
}

extension ArgumentHelp {
  /// The help of a setting's flag: what the library's table says, and the default.
  static func setting(_ key: String, value: String, more: String = "") -> ArgumentHelp {
    let summary = ConfigurationSetting.all.first { $0.key == key }?.summary ?? ""
    let standard = TrainingConfiguration(data: "").settings.first { $0.key == key }?.text
      .replacing(#/\.0$/#, with: "")
    // Where words say what is chosen, "auto" would say it again; and a switch is off unless it is given.
    let isSaid = standard == "auto" && !more.isEmpty || standard == "false"
    let details = [more, isSaid ? "" : standard.map { "default: \($0)" } ?? ""].filter { !$0.isEmpty }
    let end = details.isEmpty ? "." : " (\(details.joined(separator: "; ")))."
    return ArgumentHelp("\(capitalized(summary))\(end)", valueName: value)
  }

  /// A λ stays what it is.
  private static func capitalized(_ text: String) -> String {
    text.first?.isASCII == true ? text.prefix(1).uppercased() + text.dropFirst() : text
  }
}

extension CompletionKind {
  /// The words that a setting may be, in the order of the library's table.
  static func setting(_ key: String) -> CompletionKind {
    .list(ConfigurationSetting.all.first { $0.key == key }?.words ?? [])
  }
}
