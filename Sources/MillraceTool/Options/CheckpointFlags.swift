import ArgumentParser

/// How often a run is saved; it changes nothing of the result.
struct CheckpointFlags: SettingOptions {
  @Option(
    help: .setting(
      "checkpoint-interval", value: "interval",
      more: "30s, 5m, 1h, a number of steps, or never; one is always saved where an epoch ends"))
  var checkpointInterval: String?

  var given: [(key: String, text: String?)] { [("checkpoint-interval", checkpointInterval)] }
}
