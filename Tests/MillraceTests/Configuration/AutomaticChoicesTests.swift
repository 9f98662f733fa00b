import MillraceImages
import Testing

@testable import MillraceModels
@testable import MillraceTraining

struct AutomaticChoicesTests {
  private static func facts(_ count: Int, side: Int, gray: Bool = false) -> DatasetFacts {
    DatasetFacts(
      trainingCount: count, validationCount: count / 9, classCount: 10,
      classSizes: (count / 10)...(count / 10),
      size: ImageSize(width: side + side / 3, height: side), isGray: gray)
  }

  @Test(arguments: [
    // These are facts of handwriting: 900 and 54,000 images.
    (
      facts(900, side: 28, gray: true),
      ["image-size": "28", "channels": "gray", "hidden": "512,256", "batch-size": "32", "lr": "0.05"]
    ),
    (
      facts(54_000, side: 28, gray: true),
      ["image-size": "28", "hidden": "1024,512", "batch-size": "128", "epochs": "60", "lr": "0.05"]
    ),
    // These are facts of photographs: a few hundred, three thousand, a million.
    (facts(340, side: 400), ["image-size": "32", "channels": "rgb", "hidden": "512,256", "lr": "0.025"]),
    (facts(3_000, side: 400), ["image-size": "40", "hidden": "512,256", "batch-size": "32", "lr": "0.02"]),
    (facts(6_000, side: 400), ["image-size": "48", "hidden": "1024,512", "batch-size": "64"]),
    (facts(1_000_000, side: 400), ["image-size": "64", "batch-size": "128", "epochs": "20"]),
    // These are facts of small colour pictures, and of very few.
    (facts(45_000, side: 32), ["image-size": "32", "epochs": "60"]),
    (facts(40, side: 5), ["image-size": "8", "batch-size": "32", "epochs": "200"]),
  ])
  func `A data set gets what goes with it`(facts: DatasetFacts, expected: [String: String]) throws {
    let configuration = TrainingConfiguration(data: "").chosen(for: facts)
    let settings = Dictionary(uniqueKeysWithValues: configuration.resolvedSettings.map { ($0.key, $0) })
    for (key, text) in expected { #expect(settings[key]?.text == text, "\(key)") }
    for (key, text) in [
      "batch-norm": "sync", "dropout": "0.2", "label-smoothing": "0.1", "weight-decay": "0.0005",
    ] {
      #expect(settings[key]?.text == text, "\(key)")
    }
    #expect(!configuration.hasPendingChoices)
    #expect(
      settings.values.allSatisfy { $0.isGiven == ($0.reason == nil) || $0.key == "data" || !$0.isGiven })
    // A hand must not become the other one.
    #expect(!configuration.augment.description.contains("flip"))
    try configuration.validate()
    #expect(configuration.chosen(for: .unknown) == configuration)
  }

  @Test func `Whatever was given stays, and what depends on it goes with it`() throws {
    func chosen(_ settings: [String: String], for facts: DatasetFacts = .unknown) throws
      -> TrainingConfiguration
    {
      var configuration = TrainingConfiguration(data: "")
      for (key, text) in settings { try configuration.set(key, to: text) }
      let chosen = configuration.chosen(for: facts)
      for key in settings.keys {
        #expect(chosen.resolvedSettings.first { $0.key == key }?.reason == nil, "\(key)")
      }
      return chosen
    }
    let sgd = try chosen(["optimizer": "sgd"])
    #expect(sgd.optimization.learningRate == 0.2 && sgd.optimization.regularization.weightDecay == 0.0005)
    #expect(try chosen(["optimizer": "sgd", "batch-norm": "none"]).optimization.learningRate == 0.013)
    #expect(try chosen(["optimizer": "nesterov"]).optimization.learningRate == 0.025)
    let adam = try chosen(["optimizer": "adam"])
    #expect(adam.optimization.learningRate == 0.001 && adam.optimization.regularization.weightDecay == 0.0001)
    let adamw = try chosen(["optimizer": "adamw"])
    #expect(adamw.optimization.learningRate == 0.001 && adamw.optimization.regularization.weightDecay == 0.05)
    for (rows, rate) in [(32, 0.025), (128, 0.025), (256, 0.051), (4_096, 0.1), (16, 0.018)] {
      #expect(try chosen(["batch-size": "\(rows)"]).optimization.learningRate == rate)
    }
    // There is no normalisation, since so small minibatches do not get it.
    #expect(try chosen(["batch-size": "8"]).optimization.learningRate == 0.0064)
    #expect(try chosen(["batch-size": "1024", "batch-norm": "none"]).optimization.learningRate == 0.013)
    #expect(try chosen(["hidden": "none"]).optimization.learningRate == 0.0013)
    let linear = try chosen(["hidden": "none"])
    #expect(linear.batchNormalization == .none && linear.dropout == [0])
    #expect(try chosen(["loss": "hinge"]).labelSmoothing == 0)
    #expect(try chosen(["batch-size": "8"]).batchNormalization == .none)
    // Normalised layers have no bias that could have an initial value.
    #expect(try chosen(["init-bias": "0.01"]).batchNormalization == .none)
    #expect(try chosen(["batch-size": "1024"]).optimization.shards == 8)
    #expect(try chosen(["epochs": "12"]).optimization.warmupEpochs == 1)
    #expect(try chosen(["warmup-epochs": "300"]).optimization.epochs == 600)
    #expect(try chosen(["schedule": "one-cycle"]).optimization.warmupEpochs == 0)
    for (size, field) in [("28", "sigma=4;alpha=30"), ("56x70", "sigma=8;alpha=120")] {
      let policy = try AugmentationPolicy(
        parsing: "stretch:0.15, translate:0.07, rotate:12, shear:12, elastic:\(field), border:reflect")
      #expect(try chosen(["channels": "gray", "image-size": size]).augment == policy)
    }
  }

  @Test func `What must be as in the file of weights is`() throws {
    var facts = Self.facts(900, side: 28)
    facts.weights = WeightsFacts(
      areNormalized: false, skipLayers: false, hidden: [7, 5], imageSize: ImageSize(width: 12, height: 10),
      channels: .gray)
    let chosen = TrainingConfiguration(data: "").chosen(for: facts)
    #expect(chosen.hidden == [7, 5] && chosen.imageSize == ImageSize(width: 12, height: 10))
    #expect(chosen.channels == .gray && chosen.batchNormalization == .none && chosen.dropout == [0])
    #expect(chosen.$hidden.reason == "as in the file of init-weights")
  }

  @Test(arguments: [(10...40, ClassBalance.none), (10...41, .sampling), (0...90, .none)])
  func `Small classes come as often as large ones where these have many times their images`(
    sizes: ClosedRange<Int>, expected: ClassBalance
  ) throws {
    var facts = Self.facts(900, side: 28)
    facts.classSizes = sizes
    #expect(TrainingConfiguration(data: "").chosen(for: facts).balance == expected)
    var given = TrainingConfiguration(data: "")
    try given.set("balance", to: "weights")
    #expect(given.chosen(for: facts).balance == .weights)
  }

  @Test func `Mirror images are added where they were seen to look like their classes`() {
    var facts = Self.facts(900, side: 28)
    let without = TrainingConfiguration(data: "").chosen(for: facts).augment
    facts.mirrorImagesKeepLabels = true
    let with = TrainingConfiguration(data: "").chosen(for: facts).augment
    #expect(with.description.hasPrefix("flip") && with.description.hasSuffix(without.description))
  }

  @Test func `Few validation images choose no epoch, and are trained on in the end`() throws {
    /// The automatic choice of `monitor` and `refit` beside given settings.
    func chosen(
      _ validationCount: Int, isSplitOff: Bool = true, _ settings: KeyValuePairs<String, String> = [:]
    )
      throws -> [String]
    {
      var facts = Self.facts(3_000, side: 28)
      facts.validationCount = validationCount
      facts.isValidationSplitOff = isSplitOff
      var configuration = TrainingConfiguration(data: "")
      for (key, text) in settings { try configuration.set(key, to: text) }
      let optimization = configuration.chosen(for: facts).optimization
      return [optimization.earlyStopping.metric.rawValue, "\(optimization.refits)"]
    }
    #expect(try chosen(999) == ["last", "true"])
    #expect(try chosen(1_000) == ["accuracy", "false"])
    #expect(try chosen(999, isSplitOff: false) == ["last", "false"])
    #expect(try chosen(0) == ["last", "false"])
    #expect(try chosen(300, ["schedule": "one-cycle"]) == ["last", "true"])
    // Where the rate does not fall to nothing, or somebody wants the best epoch, there is something to choose.
    for given: KeyValuePairs in [
      ["schedule": "constant"], ["patience": "5"], ["min-delta": "0.1"], ["monitor": "accuracy"],
    ] {
      #expect(try chosen(300, given) == ["accuracy", "false"])
    }
    #expect(try chosen(300, ["monitor": "loss", "refit": "true"]) == ["loss", "true"])
    #expect(try chosen(300, ["refit": "false"]) == ["last", "false"])
  }

  /// A setting that is given alone must never be refused because of what would be chosen beside it.
  @Test(arguments: [
    ("epochs", "1"), ("epochs", "1000000"), ("warmup-epochs", "30"), ("warmup-epochs", "0.5"),
    ("batch-size", "1"),
    ("batch-size", "1000000"), ("dropout", "0"), ("dropout", "0.5"), ("hidden", "none"), ("hidden", "7"),
    ("hidden", "4,4,4,4"), ("loss", "hinge"), ("loss", "squared-error"), ("label-smoothing", "0.3"),
    ("optimizer", "rmsprop"), ("schedule", "one-cycle"), ("schedule", "plateau"),
    ("dsd", "sparse-epochs=60;final-epochs=40"), ("image-size", "1"), ("image-size", "4096x1"),
    ("shards", "4"),
    ("momentum", "0.5"), ("ema", "0.99"), ("lr", "3"),
  ])
  func `A setting that is right by itself goes with all choices`(key: String, text: String) throws {
    for facts in [
      Self.facts(2, side: 8), Self.facts(500, side: 28, gray: true), Self.facts(2_000_000, side: 900),
    ] {
      var layers = LayeredConfiguration()
      try layers.apply(flag: key, text)
      let configuration = try layers.resolved()
      let chosen = configuration.chosen(for: facts)
      try chosen.validate()
      let setting = try #require(ConfigurationSetting.all.first { $0.key == key })
      #expect(setting.value(chosen) == setting.value(configuration))
    }
  }

  @Test func `A value out of range is refused with its own name, whatever is chosen beside it`() throws {
    for (key, text) in [
      ("epochs", "0"), ("epochs", "-5"), ("batch-size", "0"), ("batch-size", "-3"), ("lr", "0"), ("lr", "-1"),
      ("warmup-epochs", "-1"), ("dropout", "1"), ("shards", "0"), ("hidden", "0"), ("image-size", "0"),
      ("label-smoothing", "2"), ("momentum", "1"), ("ema", "1"), ("weight-decay", "-1"),
    ] {
      var layers = LayeredConfiguration()
      try layers.apply(flag: key, text)
      let error = #expect(throws: ConfigurationError.self, "\(key) \(text)") { try layers.resolved() }
      #expect(error?.setting == key)
    }
  }
}
