import ArgumentParser

/// The size that images are brought to.
struct ImageSizeOption: SettingOptions {
  @Option(help: .setting("image-size", value: "size", more: "32 or 64x48, width first"))
  var imageSize: String?

  var given: [(key: String, text: String?)] { [("image-size", imageSize)] }
}
