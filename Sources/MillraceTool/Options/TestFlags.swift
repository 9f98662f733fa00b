import ArgumentParser

/// Whether the model of a run is measured on images kept for that.
struct TestFlags: SettingOptions {
  @Flag(
    name: .customLong("evaluate-test"),
    help: .setting(
      "evaluate-test", value: "",
      more: "of --test-fraction, a table's split test, or test/ in DATA"))
  var evaluateTest = false

  var given: [(key: String, text: String?)] { [("evaluate-test", evaluateTest ? "true" : nil)] }
}
