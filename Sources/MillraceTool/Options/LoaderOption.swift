import ArgumentParser

/// How many threads read and decode.
struct LoaderOption: SettingOptions {
  @Option(help: .setting("loaders", value: "n", more: "by default one a core"))
  var loaders: String?

  var given: [(key: String, text: String?)] { [("loaders", loaders)] }
}
