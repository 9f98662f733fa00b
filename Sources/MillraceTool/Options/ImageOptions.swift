import ArgumentParser

/// What an image becomes before the network sees it.
struct ImageOptions: SettingOptions {
  @Option(help: .setting("image-size", value: "size", more: "32 or 64x48, width first"))
  var imageSize: String?

  @Option(help: .setting("channels", value: "rgb|gray"), completion: .setting("channels"))
  var channels: String?

  @Option(
    help: .setting("augment", value: "policy", more: "see millrace preview --list"),
    completion: .setting("augment"))
  var augment: String?

  @Option(
    help: .setting(
      "normalize", value: "mean/deviation", more: "such as 0.5/0.25 for all channels; by default measured"))
  var normalize: String?

  @OptionGroup var background: BackgroundOption

  var given: [(key: String, text: String?)] {
    [("image-size", imageSize), ("channels", channels), ("augment", augment), ("normalize", normalize)]
      + background.given
  }
}
