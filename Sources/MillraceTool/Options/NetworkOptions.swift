import ArgumentParser

/// What is trained.
struct NetworkOptions: SettingOptions {
  @Option(help: .setting("hidden", value: "units,…", more: "none for a linear classifier"))
  var hidden: String?

  @Option(help: .setting("activation", value: "name"))
  var activation: String?

  var given: [(key: String, text: String?)] {
    [("hidden", hidden), ("activation", activation)]
  }
}
