import ArgumentParser

/// How the weights are found.
struct OptimizerOptions: SettingOptions {
  @Option(help: .setting("epochs", value: "n"))
  var epochs: String?

  @Option(help: .setting("lr", value: "rate"))
  var lr: String?

  @Option(
    help: .setting("optimizer", value: "name", more: "sgd, momentum, nesterov, rmsprop, adam, adamw"),
    completion: .setting("optimizer"))
  var optimizer: String?

  @Option(help: .setting("momentum", value: "share"))
  var momentum: String?

  @Option(
    help: .setting(
      "schedule", value: "name",
      more:
        "constant, step, exponential, inverse-time, cosine, one-cycle or plateau, as in 'step:epochs=10;factor=0.1'"
    ), completion: .setting("schedule"))
  var schedule: String?

  @Option(help: .setting("warmup-epochs", value: "n"))
  var warmupEpochs: String?

  var given: [(key: String, text: String?)] {
    [
      ("epochs", epochs), ("lr", lr), ("optimizer", optimizer), ("momentum", momentum),
      ("schedule", schedule), ("warmup-epochs", warmupEpochs),
    ]
  }
}
