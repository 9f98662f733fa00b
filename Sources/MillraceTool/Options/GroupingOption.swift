import ArgumentParser

/// Which images belong together.
struct GroupingOption: SettingOptions {
  @Option(
    help: .setting(
      "group-by", value: "rule",
      more:
        "none, data, look-alikes, or a regular expression on paths; by default data where a table has a column group"
    ),
    completion: .setting("group-by"))
  var groupBy: String?

  var given: [(key: String, text: String?)] { [("group-by", groupBy)] }
}
