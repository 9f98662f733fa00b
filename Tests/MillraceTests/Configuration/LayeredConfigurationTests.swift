import MillraceImages
import Testing

@testable import MillraceModels
@testable import MillraceTraining

struct LayeredConfigurationTests {
  /// A setting with a value, and another setting with a value that leaves the first without effect.
  private static let idle: [(key: String, value: String, other: (key: String, value: String))] = [
    ("val-fraction", "0.2", ("val", "elsewhere")),
    ("momentum", "0.5", ("optimizer", "adam")),
    ("elastic-ratio", "0.3", ("elastic-net", "0")),
    ("max-bad", "3", ("on-bad-file", "fail")),
    ("patience", "3", ("monitor", "last")),
    ("min-delta", "0.1", ("monitor", "last")),
    ("activation", "tanh", ("hidden", "none")),
    ("dropout", "0.5", ("hidden", "none")),
    ("batch-norm", "sync", ("hidden", "none")),
    ("init-bias", "0.01", ("hidden", "none")),
    ("init", "glorot", ("init-weights", "weights.safetensors")),
    ("init-bias", "0.01", ("init-weights", "weights.safetensors")),
    ("init-bias", "0.01", ("batch-norm", "shard")),
    ("init-bias", "0.01", ("activation", "maxout:3")),
    ("init-bias", "0.01", ("activation", "identity")),
    ("schedule", "constant", ("warmup-epochs", "20")),
    ("calibrate", "true", ("loss", "hinge")),
    ("calibrate", "true", ("folds", "3")),
  ]

  @Test func theTableBelowIsWhole() {
    #expect(Set(Self.idle.map(\.key)) == ConfigurationSetting.keys { !$0.conditions.isEmpty })
  }

  @Test(arguments: Self.idle)
  func aFlagWithoutEffectIsRefusedAndAFileThatContradictsItselfIsToo(
    key: String, value: String, other: (key: String, value: String)
  ) throws {
    var flags = LayeredConfiguration()
    try flags.apply(flag: key, value)
    try flags.apply(flag: other.key, other.value)
    let error = try #require(throws: ConfigurationError.self) { try flags.resolved() }
    #expect(error.setting == key && error.problem.contains(other.key))

    var file = LayeredConfiguration()
    let text = "seed: 3\n\(key): \(value)\n\(other.key): \(other.value)\n"
    try file.apply(file: text, path: "run.yaml")
    let located = try #require(throws: ConfigurationError.self) { try file.resolved() }
    #expect(located.description.hasPrefix("run.yaml:2: \(key): has no effect"))

    // Flags win over a file: a setting that they leave without effect is not a mistake of the file, and not part of
    // the run.
    var both = LayeredConfiguration()
    let enabling = key == "elastic-ratio" ? "elastic-net: 0.1\n" : ""
    try both.apply(file: "\(enabling)\(key): \(value)", path: "run.yaml")
    try both.apply(flag: other.key, other.value)
    let configuration = try both.resolved()
    #expect(configuration.recipe[key] == nil)
    #expect(try !ConfigurationFile.text(of: configuration).contains("\n\(key):"))
  }

  @Test(arguments: [
    ("epochs: 3\nlr: -1", "run.yaml:2: lr: must be above 0"),
    ("epochs: 3\nwarmup-epochs: 5", "run.yaml:2: warmup-epochs: must be from 0 to the number of epochs (3)"),
    ("epoch: 3", "run.yaml:1: epoch: there is no such setting; did you mean 'epochs'?"),
    ("a: 1\nepochs: 3\n", "run.yaml:1: a: there is no such setting; "),
    ("\nepochs: three", "run.yaml:2: epochs: must be a whole number, got 'three'"),
    ("augment: rotat:3", "run.yaml:1: unknown augmentation \"rotat\"; did you mean \"rotate\"?"),
    ("epochs: 3\nepochs: 4", "run.yaml:1: epochs occurs twice"),
    ("epochs: 3\nlr: [", "run.yaml:3: is not YAML: "),
    ("epochs: 3\n\tlr: 1", "run.yaml:2: is not YAML: "),
    ("epochs: {a: 1}", "run.yaml:1: epochs: must be a whole number, got 'a:1'"),
    ("epochs:\nlr: 1", "run.yaml:1: epochs: has no value"),
    ("- epochs", "run.yaml:1: must hold settings"),
  ])
  func aFilesMistakeIsNamedWithItsLine(text: String, message: String) throws {
    let error = try #require(throws: ConfigurationError.self) {
      var layers = LayeredConfiguration()
      try layers.apply(file: text, path: "run.yaml")
      _ = try layers.resolved()
    }
    #expect(error.description.hasPrefix(message), "\(error)")
  }

  @Test func aFlagMayGiveASettingOfAFileItsEffect() throws {
    var layers = LayeredConfiguration()
    try layers.apply(file: "elastic-ratio: 0.3", path: "run.yaml")
    #expect(throws: ConfigurationError.self) { try layers.resolved() }
    try layers.apply(flag: "elastic-net", "0.1")
    #expect(try layers.resolved().recipe["elastic-ratio"] == "0.3")
  }

  @Test func aByteOrderMarkIsNoPartOfAFile() throws {
    var layers = LayeredConfiguration()
    try layers.apply(file: "\u{FEFF}epochs: 7\nlr: 0.5\n", path: "run.yaml")
    let configuration = try layers.resolved()
    #expect(configuration.optimization.epochs == 7 && configuration.optimization.learningRate == 0.5)
  }

  @Test(arguments: [
    (
      "augment:\n- flip\n- rotate: 15\n- elastic:\n    sigma: 4\n    alpha: 30\n",
      "flip, rotate:15, elastic:sigma=4;alpha=30"
    ),
    ("augment:\n  rotate: ±15\n  crop: 0.7..1\n", "rotate:±15, crop:0.7..1"),
    ("augment: [flip, {scale: 0.8..1.2}]", "flip, scale:0.8..1.2"),
  ])
  func `Lists and mappings of a file mean what they look like`(file: String, policy: String) throws {
    var layers = LayeredConfiguration()
    try layers.apply(file: file, path: "run.yaml")
    #expect(try layers.resolved().augment == AugmentationPolicy(parsing: policy))
  }

  @Test func `Numbers of a choice may be a mapping, and what is nested deeper is refused`() throws {
    var layers = LayeredConfiguration()
    try layers.apply(file: "optimizer:\n  adam:\n    beta1: 0.8\nhidden: [12, 8]\n", path: "run.yaml")
    let configuration = try layers.resolved()
    #expect(configuration.optimization.optimizer == (try OptimizerConfiguration(parsing: "adam:beta1=0.8")))
    #expect(configuration.hidden == [12, 8])
    let error = #expect(throws: ConfigurationError.self) {
      try layers.apply(file: "seed: 1\naugment: {crop: {ratio: {low: 1}}}", path: "run.yaml")
    }
    #expect(error?.description.hasPrefix("run.yaml:2: augment: is nested too deeply") == true)
  }

  @Test func `Sizes and shares are understood as people write them`() throws {
    func configuration(_ settings: KeyValuePairs<String, String>) throws -> TrainingConfiguration {
      var layers = LayeredConfiguration()
      for (key, text) in settings { try layers.apply(flag: key, text) }
      return try layers.resolved()
    }
    for text in ["64x48", "64X48", "64×48", "64,48", "64 x 48", "64*48"] {
      #expect(
        try configuration(["image-size": text]).imageSize == ImageSize(width: 64, height: 48), "\(text)")
    }
    #expect(throws: ConfigurationError.self) { try configuration(["image-size": "64-48"]) }
    let shares = try configuration([
      "val-fraction": "20%", "dropout": "25 %, 0.5", "hidden": "9,9", "input-dropout": "5%", "ema": "99%",
      "label-smoothing": "1%", "momentum": "80%",
    ])
    #expect(shares.validationFraction == 0.2 && shares.dropout == [0.25, 0.5] && shares.inputDropout == 0.05)
    #expect(shares.labelSmoothing == 0.01 && shares.optimization.momentum == 0.8)
    #expect(shares.optimization.regularization.averageDecay == 0.99)
    #expect(throws: ConfigurationError.self) { try configuration(["val-fraction": "120%"]) }
    #expect(throws: ConfigurationError.self) { try configuration(["val-fraction": "%"]) }
  }

  @Test func aFileMayBeEmptyAndAFlagRepairsItsValue() throws {
    var layers = LayeredConfiguration()
    try layers.apply(file: "# nothing\n", path: "empty.yaml")
    #expect(try layers.resolved() == TrainingConfiguration(data: ""))
    try layers.apply(file: "lr: -1", path: "run.yaml")
    try layers.apply(flag: "lr", "0.5")
    #expect(try layers.resolved().optimization.learningRate == 0.5)
    #expect(layers.origin(of: "lr") == .flag && layers.origin(of: "epochs") == .standard)
  }
}
