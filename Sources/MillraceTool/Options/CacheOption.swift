import ArgumentParser
import MillraceModels
import MillraceTraining

/// How much memory decoded images may take; it changes nothing of the result.
struct CacheOption: SettingOptions {
  @Option(
    help: .setting(
      "cache", value: "size", more: "auto (a quarter of what is free), off, or such as 512M or 4G"))
  var cache: String?

  var given: [(key: String, text: String?)] { [("cache", cache)] }

  /// The library's form, for commands that have no other settings.
  func limit() throws -> CacheLimit { try TrainingConfiguration(data: "").applying([self]).execution.cache }
}
