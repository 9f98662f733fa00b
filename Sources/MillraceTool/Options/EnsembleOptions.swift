import ArgumentParser

/// How many networks the model has.
struct EnsembleOptions: SettingOptions {
  @Option(help: .setting("ensemble", value: "n", more: "default: none"))
  var ensemble: String?

  @Option(help: .setting("folds", value: "k", more: "default: none"))
  var folds: String?

  @Option(help: .setting("member", value: "n", more: "default: all, one after the other"))
  var member: String?

  var given: [(key: String, text: String?)] {
    [("ensemble", ensemble), ("folds", folds), ("member", member)]
  }
}
