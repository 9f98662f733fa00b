import ArgumentParser

/// What an image becomes before the network sees it.
struct ImageOptions: SettingOptions {
  @OptionGroup var size: ImageSizeOption

  @OptionGroup var fit: FitOption

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
    size.given + [("channels", channels), ("augment", augment), ("normalize", normalize)]
      + fit.given + background.given
  }
}
