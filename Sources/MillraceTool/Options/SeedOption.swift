import ArgumentParser

/// What everything random follows from.
struct SeedOption: SettingOptions {
  @Option(help: .setting("seed", value: "n"))
  var seed: String?

  var given: [(key: String, text: String?)] { [("seed", seed)] }
}
