import ArgumentParser

/// The table that says the class of each image.
struct LabelsOption: SettingOptions {
  @Option(
    help: .setting(
      "labels", value: "file",
      more: "columns path and label, perhaps split, group and weight; .csv, .tsv, .jsonl"),
    completion: .file(extensions: ["csv", "tsv", "jsonl"]))
  var labels: String?

  var given: [(key: String, text: String?)] { [("labels", labels)] }
}
