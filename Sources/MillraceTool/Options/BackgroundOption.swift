import ArgumentParser

/// What is seen through transparent images.
struct BackgroundOption: SettingOptions {
  @Option(
    help: .setting("background", value: "colour", more: "such as white, #ffcc00 or 255,204,0"),
    completion: .setting("background"))
  var background: String?

  var given: [(key: String, text: String?)] { [("background", background)] }
}
