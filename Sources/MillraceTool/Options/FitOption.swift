import ArgumentParser

/// What becomes of pictures of another shape.
struct FitOption: SettingOptions {
  @Option(
    help: .setting(
      "fit", value: "fit", more: "pad shows the background beside, pad-reflect the picture mirrored"),
    completion: .setting("fit"))
  var fit: String?

  var given: [(key: String, text: String?)] { [("fit", fit)] }
}
