import ArgumentParser
import MillraceNetwork

/// What is trained.
struct NetworkOptions: SettingOptions {
  @Option(
    help: .setting(
      "stem", value: "conv:channels,…", more: "none, auto, or conv:32,64,128; default: none"),
    completion: .setting("stem"))
  var stem: String?

  @Option(help: .setting("hidden", value: "units,…", more: "none for a linear classifier"))
  var hidden: String?

  @Option(
    help: .setting("activation", value: "name,…", more: HiddenActivation.names),
    completion: .setting("activation"))
  var activation: String?

  @Option(help: .setting("dropout", value: "rate,…"))
  var dropout: String?

  @Option(help: .setting("input-dropout", value: "rate"))
  var inputDropout: String?

  @Option(help: .setting("batch-norm", value: "kind"), completion: .setting("batch-norm"))
  var batchNorm: String?

  @Option(
    help: .setting("precision", value: "name", more: "default: float32"), completion: .setting("precision"))
  var precision: String?

  @Option(help: .setting("loss", value: "name"), completion: .setting("loss"))
  var loss: String?

  @Option(
    help: .setting(
      "output-activation", value: "name", more: "softmax, sigmoid, tanh or linear, as fits the loss"),
    completion: .setting("output-activation"))
  var outputActivation: String?

  @Option(
    name: .customLong("init"), help: .setting("init", value: "name", more: "he, glorot, normal, uniform"),
    completion: .setting("init"))
  var initializer: String?

  @Option(help: .setting("init-bias", value: "b"))
  var initBias: String?

  @Option(
    help: .setting("init-weights", value: "file", more: "a run, a model file or other safetensors"),
    completion: .file(extensions: ["safetensors"]))
  var initWeights: String?

  @Option(help: .setting("freeze", value: "n"))
  var freeze: String?

  var given: [(key: String, text: String?)] {
    [
      ("stem", stem), ("hidden", hidden), ("activation", activation), ("dropout", dropout),
      ("input-dropout", inputDropout),
      ("batch-norm", batchNorm), ("precision", precision), ("loss", loss),
      ("output-activation", outputActivation),
      ("init", initializer),
      ("init-bias", initBias), ("init-weights", initWeights),
      ("freeze", freeze),
    ]
  }
}
