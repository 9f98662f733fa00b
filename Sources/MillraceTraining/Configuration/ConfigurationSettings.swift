import MillraceImages
package import MillraceModels
import MillraceNetwork

extension ConfigurationSetting {
  /// Every setting, in the order in which `config.yaml` lists them. A new one is a property of
  /// ``TrainingConfiguration`` and a line here.
  package static let all: [ConfigurationSetting] = [
    .plain("data", "the folder to train on", \.data, .path, acts: .everything, decides: .place),
    .plain(
      "labels", "a table of the images in data and their classes", \.labels, .optional(.path, none: nil),
      acts: .everything, decides: .place),
    .plain(
      "val", "a folder to validate on", \.validation, .optional(.path, none: nil), acts: .images,
      decides: .place),
    .automatic(
      "val-fraction", "share of each class kept for validation", \.$validationFraction, .share, acts: .images,
      needs: [.noOtherValidation, .noFolds]),
    .plain(
      "test-fraction", "share of each class kept for a test", \.testFraction,
      .optional(.share, none: "none"), acts: .images),
    .plain(
      "evaluate-test", "measure the model on the images kept for a test, once, at the end",
      \.evaluatesTest, .truth, acts: .run, decides: .telling),
    .automatic(
      "group-by", "what belongs together and is kept on one side", \.$grouping, .grouping, acts: .images),
    .plain(
      "layout", "how the folders in the data are read", \.layout, .word(), acts: .everything, decides: .place),
    .automatic(
      "image-size", "size each image is brought to", \.$imageSize, .size, acts: [.decoding, .images, .step]),
    .plain("fit", "how a picture of another shape is brought to that size", \.fit, .word(), acts: .images),
    .automatic("channels", "colour or gray", \.$channels, .channels, acts: [.decoding, .images, .step]),
    .automatic(
      "augment", "what is done to each training image", \.$augment, .policy, acts: [.decoding, .images]),
    .plain(
      "background", "colour behind transparent images and outside of every image", \.background, .color,
      acts: [.decoding, .images]),
    .plain(
      "normalize", "mean/deviation of each channel, or auto", \.normalization,
      .optional(.normalization, none: automatic), acts: .images),
    .stem,
    .automatic("hidden", "units of each hidden layer", \.$hidden, .widths, acts: .step),
    .plain(
      "activation", "activation of the hidden layers: one for all, or one for each", \.activations,
      .activations, acts: .step, needs: [.hiddenLayers]),
    .automatic(
      "dropout", "share of each hidden layer dropped: one for all, or one for each", \.$dropout, .shares,
      acts: .step, needs: [.hiddenLayers]),
    .plain("input-dropout", "share of the inputs dropped", \.inputDropout, .share, acts: .step),
    .automatic(
      "batch-norm", "batch normalisation of hidden layers", \.$batchNormalization, .word(), acts: .step,
      needs: [.layersBeforeLast]),
    .plain(
      "precision", "what the operands of matrix products are", \.precision, .word(unwritten: .float32),
      acts: .step),
    .plain("loss", "the loss, which training makes small", \.loss, .word(), acts: .step),
    .automatic("output-activation", "what the last layer's sums become", \.$output, .word(), acts: .step),
    .plain(
      "init", "how the weights begin", \.initializer,
      SettingForm(words: Initializer.words, text: { $0.text }) { try Initializer(parsing: $1) }, acts: .step,
      needs: [.newWeights]),
    .plain(
      "init-bias", "how the hidden layers' biases begin", \.initialBias, .number, acts: .step,
      needs: [.newWeights, .noNormalization, .hiddenBiases, .layersBeforeLast]),
    .plain(
      "init-weights", "a file of weights to begin with", \.initialWeights, .optional(.path, none: nil),
      acts: .run, decides: .start),
    .plain(
      "freeze", "hidden layers, from the first on, that stay as init-weights has them", \.fixedLayers,
      .integer,
      acts: .step),
    .automatic(
      "label-smoothing", "share of the target spread over all classes", \.$labelSmoothing, .share,
      acts: .step),
    .automatic("balance", "what is done about classes of unequal size", \.$balance, .word(), acts: .images),
    .automatic("epochs", "how often each image is shown", \.optimization.$epochs, .integer, acts: .run),
    .automatic("batch-size", "images a step", \.optimization.$batchSize, .integer, acts: [.images, .step]),
    .automatic("optimizer", "the rule of a step", \.optimization.$optimizer, .named(), acts: .step),
    .automatic("lr", "base learning rate", \.optimization.$learningRate, .number, acts: .step),
    .automatic(
      "momentum", "share of the velocity kept each step", \.optimization.$momentum, .share, acts: .step,
      needs: [.velocity]),
    .automatic(
      "weight-decay", "λ of the penalty ½λ‖w‖²", \.optimization.regularization.$weightDecay, .number,
      acts: .step),
    .automatic(
      "schedule", "how the learning rate goes", \.optimization.$schedule, .named(), acts: .run,
      needs: [.epochsAfterWarmup]),
    .automatic(
      "warmup-epochs", "epochs over which the learning rate rises", \.optimization.$warmupEpochs, .number,
      acts: .run),
    .plain("l1", "λ of the penalty λ‖w‖₁", \.optimization.regularization.l1, .number, acts: .step),
    .plain(
      "elastic-net", "λ of the elastic net", \.optimization.regularization.elasticNet, .number, acts: .step),
    .plain(
      "elastic-ratio", "share of L1 in the elastic net", \.optimization.regularization.elasticRatio, .share,
      acts: .step, needs: [.elasticNet]),
    .plain(
      "max-norm", "longest norm of a unit's incoming weights", \.optimization.regularization.maxNorm,
      .optional(.number, none: "none"), acts: .step),
    .plain(
      "clip-norm", "longest norm of a step's gradient", \.optimization.regularization.clipNorm,
      .optional(.number, none: "none"), acts: .step),
    .automatic(
      "ema", "share kept each step in the moving average of the weights",
      \.optimization.regularization.$averageDecay, .optional(.share, none: "none"), acts: .step),
    .plain(
      "dsd", "dense-sparse-dense training", \.optimization.denseSparseDense,
      .optional(.described { try DenseSparseDense(parsing: $0) }, none: "none"), acts: .run),
    .plain(
      "patience", "epochs without improvement after which the run ends",
      \.optimization.earlyStopping.patience,
      .optional(.integer, none: "none"), acts: .run, needs: [.monitoring]),
    .plain(
      "min-delta", "least change that is an improvement", \.optimization.earlyStopping.minimumImprovement,
      .share, acts: .run, needs: [.monitoring]),
    .automatic(
      "monitor", "validation figure that tells the epoch whose weights are kept",
      \.optimization.earlyStopping.$metric, .word(), acts: .run),
    .automatic(
      "refit", "train afresh on training and validation images for as many steps",
      \.optimization.$refits, .truth, acts: .run),
    .automatic(
      "calibrate", "fit the probabilities' temperature to the validation images at the end", \.$calibrates,
      .truth,
      acts: .run, needs: [.softmaxOutputs, .noFolds]),
    .automatic(
      "shards", "parts a minibatch's gradient is computed in", \.optimization.$shards, .integer, acts: .step),
    .plain("seed", "what everything random follows from", \.seed, .seed, acts: .everything),
    .plain(
      "ensemble", "networks of different seeds in one model, averaged", \.ensemble, .networks, acts: .run),
    .plain(
      "folds", "folds of a cross-validation; their networks become one model, averaged", \.folds, .networks,
      acts: [.images, .run]),
    .plain(
      "member", "the network of ensemble or folds that is trained alone", \.member,
      .optional(.integer, none: nil), acts: [.images, .run]),
    .plain("max-pixels", "largest width × height of an image", \.reading.maxPixels, .integer, acts: .images),
    .plain("max-scans", "most scans of a progressive JPEG", \.reading.maxScans, .integer, acts: .images),
    .plain(
      "max-chunk-bytes", "largest PNG chunk that is not image data", \.reading.maxChunkBytes, .integer,
      acts: .images),
    .plain("max-file-bytes", "largest file", \.reading.maxFileBytes, .integer, acts: .images),
    .plain(
      "allow-truncated", "use images that are cut short as far as they go", \.reading.allowTruncated, .truth,
      acts: .images),
    .plain(
      "on-bad-file", "what a file that cannot be used does", \.reading.onBadFile, .word(), acts: .loading,
      decides: .badFiles),
    .plain(
      "max-bad", "share or number of bad files above which the run ends", \.reading.maxBad,
      .described { try BadFileLimit(parsing: $0) }, acts: .run, decides: .badFiles, needs: [.skipping]),
    .plain(
      "workers", "gradient threads", \.execution.workers, .optional(.integer, none: automatic), acts: .step,
      decides: .speed),
    .plain(
      "loaders", "producer threads", \.execution.loaders, .optional(.integer, none: automatic),
      acts: .loading, decides: .speed),
    .plain(
      "queue", "minibatches that may wait for the workers", \.execution.queue, .integer, acts: .loading,
      decides: .speed),
    .plain(
      "cache", "memory for decoded images", \.execution.cache, .described { try CacheLimit(parsing: $0) },
      acts: .loading, decides: .speed),
    .plain(
      "checkpoint-interval", "time or steps between two checkpoints of an epoch",
      \.execution.checkpointInterval, .described { try CheckpointInterval(parsing: $0) }, acts: .run,
      decides: .speed),
  ]
}

extension ConfigurationSetting {
  /// The names of the settings that are paths to the images.
  package static let imagePaths = ["data", "labels", "val"]
}

extension TrainingConfiguration {
  /// Sets one setting from text, as a flag or a configuration file gives it; `auto` leaves it to the program where that
  /// may choose. Ranges are checked by ``validate()``.
  ///
  /// - Parameters:
  ///   - key: The setting's name, such as `batch-size`.
  ///   - text: Its value.
  /// - Throws: `ConfigurationError`, or the error of an augmentation's own grammar.
  public mutating func set(_ key: String, to text: String) throws {
    guard let setting = ConfigurationSetting.all.first(where: { $0.key == key }) else {
      throw ConfigurationError.unknown(key)
    }
    try setting.assign(&self, text)
  }

  /// The settings as they are written, by name, in their order: `auto` for what is left to the program.
  public var settings: [(key: String, text: String)] {
    ConfigurationSetting.all.compactMap { setting in setting.text(self).map { (setting.key, $0) } }
  }

  /// The settings that decide what a model becomes, with their values: all but paths and what has no effect, on the bits
  /// or beside the others.
  package var recipe: [String: String] {
    let kept = ConfigurationSetting.keys { $0.bearing == .result }
    return Dictionary(
      uniqueKeysWithValues: resolvedSettings.filter {
        kept.contains($0.key) && reasonWithoutEffect(of: $0.key) == nil
      }
      .map { ($0.key, $0.text) })
  }
}

extension ConfigurationError {
  /// The error for a name that no setting has; it names the nearest one.
  package static func unknown(_ key: String) -> ConfigurationError {
    let keys = ConfigurationSetting.all.map(\.key)
    let hint = suggestion(
      for: key, among: keys, else: "the settings are \(keys.joined(separator: ", "))")
    return ConfigurationError(setting: key, problem: "there is no such setting; \(hint)")
  }
}
