import MillraceImages
import MillraceNetwork

/// One setting of a training run by its name: how its text is read and written.
///
/// Flags, configuration files and `config.yaml` all go through this table, so a setting is spelled, parsed and
/// refused in one way. A new setting is a property of ``TrainingConfiguration`` and a line here.
public struct ConfigurationSetting: Sendable {
  /// The name: the flag without its dashes.
  public let key: String
  /// What it does, in a few words.
  public let summary: String
  /// The setting as text, or nil where it is left to be chosen.
  let text: @Sendable (TrainingConfiguration) -> String?
  /// Sets it from text.
  let assign: @Sendable (inout TrainingConfiguration, String) throws -> Void
  /// The words that it may be, or begin with, where there are such; for completions.
  public var words: [String] = []

  /// Every setting, in the order in which `config.yaml` lists them.
  public static let all: [ConfigurationSetting] = [
    ConfigurationSetting(
      key: "data", summary: "the folder to train on", text: { $0.data.isEmpty ? nil : $0.data },
      assign: { $0.data = $1 }),
    ConfigurationSetting(
      key: "val", summary: "a folder to validate on", text: { $0.validation }, assign: { $0.validation = $1 }),
    number("val-fraction", "share of each class kept for validation", \.validationFraction),
    ConfigurationSetting(
      key: "image-size", summary: "size each image is brought to",
      text: { configuration in
        let size = configuration.imageSize
        return size.width == size.height ? "\(size.width)" : "\(size.width)x\(size.height)"
      },
      assign: { $0.imageSize = try parseImageSize($1) }),
    ConfigurationSetting(
      key: "channels", summary: "colour or gray", text: { $0.channels.name },
      assign: { configuration, text in
        switch text.lowercased() {
        case "rgb", "color", "colour": configuration.channels = .rgb
        case "gray", "grey": configuration.channels = .gray
        default: throw ConfigurationError(setting: "channels", problem: "must be rgb or gray, got '\(text)'")
        }
      }, words: ["rgb", "gray"]),
    ConfigurationSetting(
      key: "augment", summary: "what is done to each training image", text: { $0.augment.description },
      assign: { $0.augment = try AugmentationPolicy(parsing: $1) }, words: AugmentationRegistry.names),
    ConfigurationSetting(
      key: "normalize", summary: "mean/deviation of each channel, or auto",
      text: { $0.normalization.map(normalizationText) ?? "auto" },
      assign: { $0.normalization = $1 == "auto" ? nil : try parseNormalization($1) }),
    ConfigurationSetting(
      key: "hidden", summary: "units of each hidden layer",
      text: { $0.hidden.isEmpty ? "none" : $0.hidden.map(String.init).joined(separator: ",") },
      assign: { $0.hidden = try parseHidden($1) }),
    ConfigurationSetting(
      key: "activation", summary: "activation of the hidden layers: one for all, or one for each",
      text: { $0.activations.map(\.description).joined(separator: ",") },
      assign: { configuration, text in
        configuration.activations = try text.split(separator: ",").map { part in
          guard let activation = HiddenActivation(part.trimmingSpaces) else {
            throw ConfigurationError(
              setting: "activation", problem: "'\(part)' is unknown; use one of \(HiddenActivation.names)")
          }
          return activation
        }
      }, words: HiddenActivation.words),
    ConfigurationSetting(
      key: "dropout", summary: "share of each hidden layer dropped: one for all, or one for each",
      text: { $0.dropout.map(\.shortText).joined(separator: ",") },
      assign: { $0.dropout = try parseNumbers("dropout", $1) }),
    number("input-dropout", "share of the inputs dropped", \.inputDropout),
    choice("batch-norm", "batch normalisation of hidden layers", \.batchNormalization),
    choice("loss", "what training makes small", \.loss),
    ConfigurationSetting(
      key: "output-activation", summary: "what the last layer's sums become",
      text: { $0.output?.rawValue ?? "auto" },
      assign: { configuration, text in
        configuration.output = text == "auto" ? nil : try parseChoice("output-activation", text)
      }, words: OutputKind.allCases.map(\.rawValue)),
    ConfigurationSetting(
      key: "init", summary: "how the weights begin", text: { $0.initializer.text },
      assign: { $0.initializer = try Initializer(parsing: $1) }, words: Initializer.words),
    number("init-bias", "how the hidden layers' biases begin", \.initialBias),
    ConfigurationSetting(
      key: "init-weights", summary: "a file of weights to begin with", text: { $0.initialWeights },
      assign: { $0.initialWeights = $1 }),
    number("label-smoothing", "share of the target spread over all classes", \.labelSmoothing),
    choice("balance", "what is done about classes of unequal size", \.balance),
    integer("epochs", "how often each image is shown", \.optimization.epochs),
    integer("batch-size", "images a step", \.optimization.batchSize),
    ConfigurationSetting(
      key: "optimizer", summary: "the rule of a step", text: { $0.optimization.optimizer.description },
      assign: { $0.optimization.optimizer = try OptimizerConfiguration(parsing: $1) },
      words: OptimizerKind.allCases.map(\.rawValue)),
    optionalNumber("lr", "base learning rate", \.optimization.learningRate, none: "auto"),
    number("momentum", "share of the velocity kept each step", \.optimization.momentum),
    number("weight-decay", "λ of the penalty ½λ‖w‖²", \.optimization.regularization.weightDecay),
    ConfigurationSetting(
      key: "schedule", summary: "how the learning rate goes", text: { $0.optimization.schedule.description },
      assign: { $0.optimization.schedule = try LearningRateSchedule(parsing: $1) },
      words: LearningRateScheduleKind.allCases.map(\.rawValue)),
    number("warmup-epochs", "epochs over which the learning rate rises", \.optimization.warmupEpochs),
    number("l1", "λ of the penalty λ‖w‖₁", \.optimization.regularization.l1),
    number("elastic-net", "λ of the elastic net", \.optimization.regularization.elasticNet),
    number("elastic-ratio", "share of L1 in the elastic net", \.optimization.regularization.elasticRatio),
    optionalNumber(
      "max-norm", "longest norm of a unit's incoming weights", \.optimization.regularization.maxNorm),
    optionalNumber("clip-norm", "longest norm of a step's gradient", \.optimization.regularization.clipNorm),
    optionalNumber(
      "ema", "share kept each step in the moving average of the weights",
      \.optimization.regularization.averageDecay),
    ConfigurationSetting(
      key: "dsd", summary: "dense-sparse-dense training",
      text: { $0.optimization.denseSparseDense?.description ?? "none" },
      assign: { $0.optimization.denseSparseDense = $1 == "none" ? nil : try DenseSparseDense(parsing: $1) }),
    optionalInteger(
      "patience", "epochs without improvement after which the run ends",
      \.optimization.earlyStopping.patience,
      none: "none"),
    number(
      "min-delta", "least change that is an improvement", \.optimization.earlyStopping.minimumImprovement),
    choice("monitor", "validation figure that tells the best epoch", \.optimization.earlyStopping.metric),
    truth(
      "refit", "train afresh on training and validation images for the best number of steps",
      \.optimization.refits),
    optionalInteger("shards", "parts a minibatch's gradient is computed in", \.optimization.shards),
    ConfigurationSetting(
      key: "seed", summary: "what everything random follows from", text: { "\($0.seed)" },
      assign: { configuration, text in
        guard let seed = UInt64(text) else {
          throw ConfigurationError(
            setting: "seed", problem: "must be a whole number from 0 to 2^64-1, got '\(text)'")
        }
        configuration.seed = seed
      }),
    integer("max-pixels", "largest width × height of an image", \.reading.maxPixels),
    integer("max-scans", "most scans of a progressive JPEG", \.reading.maxScans),
    integer("max-chunk-bytes", "largest PNG chunk that is not image data", \.reading.maxChunkBytes),
    integer("max-file-bytes", "largest file", \.reading.maxFileBytes),
    truth("allow-truncated", "use images that are cut short as far as they go", \.reading.allowTruncated),
    choice("on-bad-file", "what a file that cannot be used does", \.reading.onBadFile),
    ConfigurationSetting(
      key: "max-bad", summary: "share or number of bad files above which the run ends",
      text: { $0.reading.maxBad.description },
      assign: { $0.reading.maxBad = try BadFileLimit(parsing: $1) }),
    optionalInteger("workers", "gradient threads", \.execution.workers),
    optionalInteger("loaders", "producer threads", \.execution.loaders),
    integer("queue", "minibatches that may wait for the workers", \.execution.queue),
    ConfigurationSetting(
      key: "cache", summary: "memory for decoded images", text: { $0.execution.cache.description },
      assign: { $0.execution.cache = try CacheLimit(parsing: $1) }),
    ConfigurationSetting(
      key: "checkpoint-interval", summary: "time or steps between two checkpoints of an epoch",
      text: { $0.execution.checkpointInterval.description },
      assign: { $0.execution.checkpointInterval = try CheckpointInterval(parsing: $1) }),
  ]
}

extension ConfigurationSetting {
  /// The settings that decide nothing of what a model becomes: paths, and how a run is carried out. A run can be
  /// resumed with others.
  static let withoutEffect: Set = [
    "data", "val", "on-bad-file", "max-bad", "workers", "loaders", "queue", "cache",
    "checkpoint-interval",
  ]
}

extension TrainingConfiguration {
  /// Sets one setting from text, as a flag or a configuration file gives it. Ranges are checked by ``validate()``.
  ///
  /// - Parameters:
  ///   - key: The setting's name, such as `batch-size`.
  ///   - text: Its value.
  /// - Throws: ``ConfigurationError``, or the error of an augmentation's own grammar.
  public mutating func set(_ key: String, to text: String) throws {
    guard let setting = ConfigurationSetting.all.first(where: { $0.key == key }) else {
      throw ConfigurationError.unknown(key)
    }
    try setting.assign(&self, text)
  }

  /// The settings that decide what a model becomes: all but paths and what has no effect, on the bits or beside the
  /// others.
  package var recipe: [String: String] {
    let left = ConfigurationSetting.withoutEffect.union(["init-weights"])
    return Dictionary(
      uniqueKeysWithValues: settings.filter {
        !left.contains($0.key) && reasonWithoutEffect(of: $0.key) == nil
      }
      .map { ($0.key, $0.text) })
  }

  /// The settings that have a value, by name, in their order.
  public var settings: [(key: String, text: String)] {
    ConfigurationSetting.all.compactMap { setting in setting.text(self).map { (setting.key, $0) } }
  }
}

extension ConfigurationError {
  /// The error for a name that no setting has; it names the nearest one.
  static func unknown(_ key: String) -> ConfigurationError {
    let keys = ConfigurationSetting.all.map(\.key)
    let hint = suggestion(
      for: key, among: keys, else: "the settings are \(keys.joined(separator: ", "))")
    return ConfigurationError(setting: key, problem: "there is no such setting; \(hint)")
  }
}

// MARK: The kinds of setting

private typealias Path<Value> = any WritableKeyPath<TrainingConfiguration, Value> & Sendable

private func integer(_ key: String, _ summary: String, _ path: Path<Int>) -> ConfigurationSetting {
  ConfigurationSetting(
    key: key, summary: summary, text: { "\($0[keyPath: path])" },
    assign: { $0[keyPath: path] = try parseInteger(key, $1) })
}

private func optionalInteger(
  _ key: String, _ summary: String, _ path: Path<Int?>, none: String = "auto"
) -> ConfigurationSetting {
  ConfigurationSetting(
    key: key, summary: summary, text: { $0[keyPath: path].map { "\($0)" } ?? none },
    assign: { $0[keyPath: path] = $1 == none ? nil : try parseInteger(key, $1) })
}

private func number(_ key: String, _ summary: String, _ path: Path<Double>) -> ConfigurationSetting {
  ConfigurationSetting(
    key: key, summary: summary, text: { "\($0[keyPath: path])" },
    assign: { $0[keyPath: path] = try parseNumber(key, $1) })
}

private func truth(_ key: String, _ summary: String, _ path: Path<Bool>) -> ConfigurationSetting {
  ConfigurationSetting(
    key: key, summary: summary, text: { "\($0[keyPath: path])" },
    assign: { configuration, text in
      guard let value = Bool(text) else {
        throw ConfigurationError(setting: key, problem: "must be true or false, got '\(text)'")
      }
      configuration[keyPath: path] = value
    })
}

private func optionalNumber(
  _ key: String, _ summary: String, _ path: Path<Double?>, none: String = "none"
) -> ConfigurationSetting {
  ConfigurationSetting(
    key: key, summary: summary, text: { $0[keyPath: path].map { "\($0)" } ?? none },
    assign: { $0[keyPath: path] = $1 == none ? nil : try parseNumber(key, $1) })
}

private func choice<Value: RawRepresentable & CaseIterable & SendableMetatype>(
  _ key: String, _ summary: String, _ path: Path<Value>
) -> ConfigurationSetting where Value.RawValue == String, Value.AllCases: SendableMetatype {
  let names = Value.allCases.map(\.rawValue).joined(separator: ", ")
  return ConfigurationSetting(
    key: key, summary: "\(summary): \(names)", text: { $0[keyPath: path].rawValue },
    assign: { $0[keyPath: path] = try parseChoice(key, $1) }, words: Value.allCases.map(\.rawValue))
}

private func parseChoice<Value: RawRepresentable & CaseIterable>(
  _ key: String, _ text: String
) throws(ConfigurationError) -> Value where Value.RawValue == String {
  guard let value = Value(rawValue: text) else {
    let names = Value.allCases.map(\.rawValue)
    let hint = suggestion(for: text, among: names, else: "use one of \(names.joined(separator: ", "))")
    throw ConfigurationError(setting: key, problem: "'\(text)' is unknown; \(hint)")
  }
  return value
}

private func parseNumbers(_ key: String, _ text: String) throws(ConfigurationError) -> [Double] {
  var values: [Double] = []
  for part in text.split(separator: ",", omittingEmptySubsequences: false) {
    values.append(try parseNumber(key, part.trimmingSpaces))
  }
  return values
}

private func parseNumber(_ key: String, _ text: String) throws(ConfigurationError) -> Double {
  guard let value = Double(text), value.isFinite else {
    throw ConfigurationError(setting: key, problem: "must be a number, got '\(text)'")
  }
  return value
}

private func parseInteger(_ key: String, _ text: String) throws(ConfigurationError) -> Int {
  guard let value = Int(text) else {
    throw ConfigurationError(setting: key, problem: "must be a whole number, got '\(text)'")
  }
  return value
}

private func parseImageSize(_ text: String) throws(ConfigurationError) -> ImageSize {
  let sides = text.split(separator: "x", omittingEmptySubsequences: false).map { Int($0.trimmingSpaces) }
  switch (sides.count, sides.first ?? nil, sides.last ?? nil) {
  case (1, let side?, _): return ImageSize(width: side, height: side)
  case (2, let width?, let height?): return ImageSize(width: width, height: height)
  default:
    throw ConfigurationError(
      setting: "image-size", problem: "must be a side such as 32 or WIDTHxHEIGHT such as 64x48, got '\(text)'"
    )
  }
}

private func parseHidden(_ text: String) throws(ConfigurationError) -> [Int] {
  if text == "none" { return [] }
  var units: [Int] = []
  for part in text.split(separator: ",", omittingEmptySubsequences: false) {
    guard let count = Int(part.trimmingSpaces) else {
      throw ConfigurationError(
        setting: "hidden",
        problem: "must be widths such as 512,256, or none for a linear classifier, got '\(text)'")
    }
    units.append(count)
  }
  return units
}

private func normalizationText(_ normalization: Normalization) -> String {
  func list(_ values: [Float]) -> String { values.map { "\($0)" }.joined(separator: ",") }
  return "\(list(normalization.mean))/\(list(normalization.standardDeviation))"
}

private func parseNormalization(_ text: String) throws(ConfigurationError) -> Normalization {
  let sides = text.split(separator: "/").map { $0.split(separator: ",").map { Float($0.trimmingSpaces) } }
  let numbers = sides.map { $0.compactMap { $0 } }
  guard sides.count == 2, numbers == sides, numbers[0].count == numbers[1].count, !numbers[0].isEmpty,
    numbers[0].allSatisfy(\.isFinite), numbers[1].allSatisfy({ $0 > 0 && $0.isFinite })
  else {
    throw ConfigurationError(
      setting: "normalize",
      problem: "must be auto or MEAN/DEVIATION such as 0.5/0.25, or of three channels "
        + "0.48,0.46,0.41/0.23,0.22,0.22, with deviations above 0; got '\(text)'")
  }
  return Normalization(mean: numbers[0], standardDeviation: numbers[1])
}
