import ArgumentParser

/// What becomes of files that cannot be used.
struct BadFileFlags: SettingOptions {
  @Option(help: .setting("on-bad-file", value: "what"), completion: .setting("on-bad-file"))
  var onBadFile: String?

  @Option(
    help: .setting(
      "max-bad", value: "share|n", more: "such as 1% or 20; auto: 1%, or ten files where that is more"))
  var maxBad: String?

  var given: [(key: String, text: String?)] {
    [("on-bad-file", onBadFile), ("max-bad", maxBad)]
  }
}
