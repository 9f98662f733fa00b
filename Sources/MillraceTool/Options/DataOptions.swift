import ArgumentParser

/// What is trained and validated on.
struct DataOptions: SettingOptions {
  @Argument(
    help:
      "A folder with a folder of images for each class, or with train/ and val/ inside.",
    completion: .directory)
  var data: String?

  @OptionGroup var labels: LabelsOption

  @Option(help: .setting("val", value: "dir"), completion: .directory)
  var val: String?

  @Option(
    help: .setting("val-fraction", value: "share", more: "default: 0.1 where there is no validation folder"))
  var valFraction: String?

  @Option(help: .setting("test-fraction", value: "share", more: "never trained or validated on"))
  var testFraction: String?

  @OptionGroup var grouping: GroupingOption

  @Option(help: .setting("layout", value: "layout"), completion: .setting("layout"))
  var layout: String?

  var given: [(key: String, text: String?)] {
    [
      ("data", data), ("val", val), ("val-fraction", valFraction), ("test-fraction", testFraction),
      ("layout", layout),
    ] + labels.given
      + grouping.given
  }
}
