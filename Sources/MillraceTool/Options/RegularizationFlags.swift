import ArgumentParser

/// What keeps the network from learning its training images by heart, and when a run ends.
struct RegularizationFlags: SettingOptions {
  @Option(help: .setting("weight-decay", value: "λ"))
  var weightDecay: String?

  @Option(help: .setting("l1", value: "λ", more: "brings weights to exactly zero"))
  var l1: String?

  @Option(help: .setting("elastic-net", value: "λ"))
  var elasticNet: String?

  @Option(help: .setting("elastic-ratio", value: "r"))
  var elasticRatio: String?

  @Option(help: .setting("max-norm", value: "c"))
  var maxNorm: String?

  @Option(help: .setting("clip-norm", value: "c"))
  var clipNorm: String?

  @Option(help: .setting("label-smoothing", value: "ε"))
  var labelSmoothing: String?

  @Option(help: .setting("balance", value: "how"), completion: .setting("balance"))
  var balance: String?

  @Option(help: .setting("ema", value: "share", more: "the average is what is validated and saved"))
  var ema: String?

  @Option(help: .setting("dsd", value: "phases", more: "'sparsity=0.3;sparse-epochs=5;final-epochs=5'"))
  var dsd: String?

  @Option(help: .setting("patience", value: "n"))
  var patience: String?

  @Option(help: .setting("min-delta", value: "d"))
  var minDelta: String?

  @Option(help: .setting("monitor", value: "figure"), completion: .setting("monitor"))
  var monitor: String?

  @Flag(inversion: .prefixedNo, help: .setting("refit", value: ""))
  var refit: Bool?

  @Flag(inversion: .prefixedNo, help: .setting("calibrate", value: ""))
  var calibrate: Bool?

  var given: [(key: String, text: String?)] {
    [
      ("weight-decay", weightDecay), ("l1", l1), ("elastic-net", elasticNet), ("elastic-ratio", elasticRatio),
      ("max-norm", maxNorm), ("clip-norm", clipNorm), ("label-smoothing", labelSmoothing),
      ("balance", balance), ("ema", ema), ("dsd", dsd), ("patience", patience), ("min-delta", minDelta),
      ("monitor", monitor), ("refit", refit.map { "\($0)" }),
      ("calibrate", calibrate.map { "\($0)" }),
    ]
  }
}
