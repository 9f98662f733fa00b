import ArgumentParser
import MillraceModels
import MillraceTraining

/// How fast it goes: none of these changes a bit of the result.
struct ExecutionFlags: SettingOptions {
  @Option(help: .setting("workers", value: "n", more: "by default one a core"))
  var workers: String?

  @Option(help: .setting("loaders", value: "n", more: "by default one a core"))
  var loaders: String?

  @Option(help: .setting("queue", value: "n"))
  var queue: String?

  var given: [(key: String, text: String?)] {
    [("workers", workers), ("loaders", loaders), ("queue", queue)]
  }

  /// The library's form, for commands that have no other settings.
  func options() throws -> ExecutionOptions {
    try TrainingConfiguration(data: "").applying([self]).execution
  }
}
