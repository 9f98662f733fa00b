import MillraceImages
import MillraceNetwork

/// One setting of a training run by its name: how its text is read and written, and what depends on it.
///
/// Flags, configuration files and `config.yaml` all go through ``all``, so a setting is spelled, parsed and refused in
/// one way.
package struct ConfigurationSetting: Sendable {
  /// The name: the flag without its dashes.
  package let key: String
  /// What it does, in a few words.
  package let summary: String
  /// The words that it may be, or begin with, where there are such; for completions.
  package let words: [String]
  /// What of a run it acts on.
  package let reach: SettingReach
  /// What of a run's outcome it decides.
  package let bearing: SettingBearing
  /// What it needs of the others to do anything.
  let conditions: [SettingCondition]
  /// Its value as text, or nil where there is none.
  package let value: @Sendable (TrainingConfiguration) -> String?
  /// Sets it from text.
  let assign: @Sendable (inout TrainingConfiguration, String) throws -> Void
  /// How the program chooses it; nil where it never does.
  let choice: AutomaticChoice?

  /// The word for a setting that is left to the program.
  package static let automatic = "auto"

  /// The names of some settings.
  package static func keys(where isIncluded: (ConfigurationSetting) -> Bool) -> Set<String> {
    Set(all.filter(isIncluded).map(\.key))
  }

  /// The setting as it is written: `auto` where it is left to the program, else its value.
  package func text(_ configuration: TrainingConfiguration) -> String? {
    choice?.state(configuration).isAutomatic == true ? Self.automatic : value(configuration)
  }

  /// The value as far as it is known: `auto` only where nothing was chosen yet.
  func resolvedText(_ configuration: TrainingConfiguration) -> String? {
    choice?.state(configuration).isPending == true ? Self.automatic : value(configuration)
  }
}

/// How a setting is left to the program, whatever the type of its value.
struct AutomaticChoice: Sendable {
  /// Who has chosen its value.
  struct State {
    let isAutomatic: Bool
    let isPending: Bool
    let reason: String?
  }

  let state: @Sendable (TrainingConfiguration) -> State
  /// Makes the value that it has one that was chosen.
  let settle: @Sendable (inout TrainingConfiguration, _ reason: String) -> Void
}

extension ConfigurationSetting {
  typealias Path<Value> = any WritableKeyPath<TrainingConfiguration, Value> & Sendable

  /// A setting that is what somebody gives, or else its default.
  static func plain<Value>(
    _ key: String, _ summary: String, _ path: Path<Value>, _ form: SettingForm<Value>,
    acts reach: SettingReach, decides bearing: SettingBearing = .result,
    needs conditions: [SettingCondition] = []
  ) -> ConfigurationSetting {
    ConfigurationSetting(
      key: key, summary: form.completed(summary), words: form.words, reach: reach, bearing: bearing,
      conditions: conditions,
      value: { form.text($0[keyPath: path]) },
      assign: { $0[keyPath: path] = try form.parse(key, $1) }, choice: nil)
  }

  /// A setting that the program chooses unless somebody gives it.
  static func automatic<Value>(
    _ key: String, _ summary: String, _ path: Path<Automatic<Value>>, _ form: SettingForm<Value>,
    acts reach: SettingReach, decides bearing: SettingBearing = .result,
    needs conditions: [SettingCondition] = []
  ) -> ConfigurationSetting {
    ConfigurationSetting(
      key: key, summary: form.completed(summary), words: form.words, reach: reach, bearing: bearing,
      conditions: conditions,
      value: { form.text($0[keyPath: path].wrappedValue) },
      assign: { configuration, text in
        if text == automatic {
          configuration[keyPath: path].reset()
        } else {
          configuration[keyPath: path].wrappedValue = try form.parse(key, text)
        }
      },
      choice: AutomaticChoice(
        state: { configuration in
          let setting = configuration[keyPath: path]
          return AutomaticChoice.State(
            isAutomatic: setting.isAutomatic, isPending: setting.isPending, reason: setting.reason)
        },
        settle: { configuration, reason in
          let value = configuration[keyPath: path].wrappedValue
          configuration[keyPath: path].reset()
          configuration[keyPath: path].choose(value, because: reason)
        }))
  }
}

extension SettingForm {
  /// A setting's summary, with the words that it may be.
  fileprivate func completed(_ summary: String) -> String {
    isOneOfWords ? "\(summary): \(words.joined(separator: ", "))" : summary
  }
}
