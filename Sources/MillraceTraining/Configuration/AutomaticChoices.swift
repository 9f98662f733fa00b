import MillraceImages
import MillraceModels
import MillraceNetwork

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

extension TrainingConfiguration {
  /// The configuration with everything chosen that is left to the program and not chosen yet.
  ///
  /// It depends on the facts and on the settings that were given alone: the same data and settings give the same choices.
  /// What was given stays, and what depends on it is chosen to go with it.
  package func chosen(for facts: DatasetFacts) -> TrainingConfiguration {
    var choices = AutomaticChoices(facts: facts, configuration: self)
    choices.make()
    return choices.configuration
  }

  /// Whether anything is left to the program that it has not chosen yet.
  var hasPendingChoices: Bool {
    ConfigurationSetting.all.contains { $0.choice?.state(self).isPending == true }
  }

  /// The configuration with everything chosen for a run's images, at which it looks where need be.
  ///
  /// - Throws: `OutOfDescriptors` where no file is to blame.
  package func chosen(for data: TrainingData) throws -> TrainingConfiguration {
    guard hasPendingChoices else { return self }
    var facts = try DatasetFacts(data, reading: reading)
    facts.weights = weightsFacts
    return chosen(for: facts)
  }

  /// What the file of ``initialWeights`` tells; nil without such a file, or where it cannot be read.
  var weightsFacts: WeightsFacts? { initialWeights.flatMap(WeightsFacts.init(ofFileAt:)) }
}

/// The rules of what is left to the program, in the order in which they look at each other.
///
/// The figures come from trainings that were compared on held-out training images.
private struct AutomaticChoices {
  let facts: DatasetFacts
  var configuration: TrainingConfiguration

  private var count: Int { max(1, facts.trainingCount) }
  private var images: String { "\(facts.trainingCount) training images" }
  private static let asInFile = "as in the file of init-weights"

  mutating func make() {
    choose(\.$validationFraction, 0.1, because: "where there is no validation folder")
    if facts.areGroupsNamed {
      choose(\.$grouping, .data, because: "the data name groups")
    } else {
      choose(\.$grouping, .none, because: "the data name no groups")
    }
    chooseChannels()
    chooseImageSize()
    chooseAugmentation()
    chooseBalance()
    chooseStem()
    chooseHidden()
    chooseBatchSize()
    chooseNormalization()
    chooseDropout()
    chooseOutput()
    chooseOptimizer()
    chooseLearningRate()
    chooseWeightDecay()
    chooseEpochs()
    chooseSchedule()
    chooseBestEpoch()
    chooseRefit()
    chooseCalibration()
  }

  /// Chooses a setting that is still open.
  private mutating func choose<Value>(
    _ setting: WritableKeyPath<TrainingConfiguration, Automatic<Value>>, _ value: Value,
    because reason: String
  ) {
    guard configuration[keyPath: setting].isPending else { return }
    configuration[keyPath: setting].choose(value, because: reason)
  }

  // MARK: Images

  private mutating func chooseChannels() {
    if let packed: Channels = packed("channels", .channels) {
      choose(\.$channels, packed, because: "as packed")
    } else if let channels = facts.weights?.channels {
      choose(\.$channels, channels, because: Self.asInFile)
    } else if facts.isGray, facts.transparentShare == 0 || configuration.background.isGray {
      choose(\.$channels, .gray, because: "no image shows a colour")
    } else {
      choose(\.$channels, .rgb, because: "images show colours")
    }
  }

  /// Fine detail is of no use to few images, and costs time: how much can be learned of it grows as the fourth root of
  /// their number.
  private mutating func chooseImageSize() {
    if let packed: ImageSize = packed("image-size", .size) {
      return choose(\.$imageSize, packed, because: "as packed")
    }
    if let size = facts.weights?.imageSize { return choose(\.$imageSize, size, because: Self.asInFile) }
    let most = 32 * pow(Double(count) / 1_500, 0.25)
    let cap = min(64, max(32, Int((most / 8).rounded()) * 8))
    let side = max(8, min(facts.shorterSide, cap))
    choose(
      \.$imageSize, ImageSize(width: side, height: side),
      because: facts.shorterSide <= cap ? "the images' size" : "enough for \(images)")
  }

  /// What keeps the label of any image. Mirror images, which would turn a left hand into a right one, only where they were
  /// seen to look like their classes.
  private mutating func chooseAugmentation() {
    if let packed = packed("augment", .policy) { return choose(\.$augment, packed, because: "as packed") }
    let mirrors = facts.mirrorImagesKeepLabels
    // The field of handwriting at 28 pixels, in proportion: it does as well for photographs as crops do.
    let side = Double(min(configuration.imageSize.width, configuration.imageSize.height))
    let sigma = min(64, max(0.5, (side / 7).rounded(toDigits: 2))).shortText
    let alpha = min(4_000, (30 * (side / 28) * (side / 28)).rounded(toDigits: 2)).shortText
    let light = configuration.channels == .rgb ? ", jitter:0.2" : ""
    let text =
      (mirrors ? "flip, " : "")
      + "stretch:0.15, translate:0.07, rotate:12, shear:12, elastic:sigma=\(sigma);alpha=\(alpha), border:reflect"
    if let policy = try? AugmentationPolicy(parsing: text + light) {
      choose(
        \.$augment, policy,
        because: mirrors
          ? "mirror images look like their classes" : "keeps what any image shows; no mirror images")
    }
  }

  /// Where a class has many times the images of another, the small one is hardly learned unless it comes as often.
  private mutating func chooseBalance() {
    let (least, most) = (facts.classSizes.lowerBound, facts.classSizes.upperBound)
    if least > 0, most > 4 * least {
      choose(\.$balance, .sampling, because: "classes of \(least) to \(most) images")
    } else {
      choose(\.$balance, .none, because: "classes are of much the same size")
    }
  }

  /// What packed pixels were made for; nil where files are used.
  private func packed<Value>(_ key: String, _ form: SettingForm<Value>) -> Value? {
    facts.packedSettings[key].flatMap { try? form.parse(key, $0) }
  }

  // MARK: The network

  /// Blocks of twice the channels each, until few places are left.
  private mutating func chooseStem() {
    if let stem = facts.weights?.stem { return choose(\.$stem, stem, because: Self.asInFile) }
    guard configuration.choosesStem else { return choose(\.$stem, nil, because: "plain by default") }
    let size = configuration.imageSize
    let side = min(size.width, size.height)
    let blocks = (1...4).last { side >> $0 >= 3 } ?? 1
    let stem = ConvolutionStem(channels: (0..<blocks).map { 32 << $0 })
    choose(\.$stem, stem, because: "of \(size.width)x\(size.height) pixels few places are left")
  }

  private mutating func chooseHidden() {
    if let hidden = facts.weights?.hidden { return choose(\.$hidden, hidden, because: Self.asInFile) }
    if configuration.stem != nil {
      return choose(\.$hidden, [], because: "the stem leaves little to do")
    }
    let isSmall = count < 5_000
    choose(\.$hidden, isSmall ? [512, 256] : [1024, 512], because: images)
  }

  private mutating func chooseBatchSize() {
    // The power of two nearest to three quarters of the root, in the logarithm.
    let power = Int(log2(0.75 * Double(count).squareRoot()).rounded())
    choose(\.optimization.$batchSize, 1 << min(7, max(5, power)), because: images)
    let batchSize = configuration.optimization.batchSize
    choose(
      \.optimization.$shards, configuration.optimization.usualShards,
      because: "for \(batchSize) images a step")
  }

  private mutating func chooseNormalization() {
    let rows = min(configuration.optimization.batchSize, count)
    if configuration.hidden.isEmpty, configuration.stem == nil {
      choose(\.$batchNormalization, .none, because: "there are no hidden layers")
    } else if let isNormalized = facts.weights?.areNormalized {
      choose(\.$batchNormalization, isNormalized ? .sync : .none, because: Self.asInFile)
    } else if configuration.initialBias != 0 {
      choose(\.$batchNormalization, .none, because: "init-bias is for layers that are not normalised")
    } else if rows < 16, configuration.stem == nil {
      choose(\.$batchNormalization, .none, because: "\(rows) images a step tell too little")
    } else {
      choose(\.$batchNormalization, .sync, because: "learns faster")
    }
  }

  private mutating func chooseDropout() {
    if configuration.hidden.isEmpty {
      choose(\.$dropout, [0], because: "there are no hidden layers")
    } else if facts.weights?.skipLayers == false {
      choose(\.$dropout, [0], because: Self.asInFile)
    } else {
      choose(\.$dropout, [0.2], because: "memorises less")
    }
  }

  private mutating func chooseOutput() {
    let loss = configuration.loss
    choose(\.$output, loss.outputs[0], because: "fits \(loss.rawValue)")
    if loss == .crossEntropy {
      choose(\.$labelSmoothing, 0.1, because: "memorises less")
    } else {
      choose(\.$labelSmoothing, 0, because: "goes with cross-entropy only")
    }
  }

  // MARK: The steps

  private mutating func chooseOptimizer() {
    choose(\.optimization.$optimizer, OptimizerConfiguration(.momentum), because: "as good as any, and cheap")
    choose(\.optimization.$momentum, 0.9, because: "usual")
  }

  private mutating func chooseLearningRate() {
    let (rate, reason) = configuration.optimization.usualLearningRate(
      for: configuration.network(classes: 1), rows: min(configuration.optimization.batchSize, max(32, count)))
    choose(\.optimization.$learningRate, rate, because: reason)
  }

  private mutating func chooseWeightDecay() {
    let kind = configuration.optimization.optimizer.kind
    let decay =
      switch kind {
      case .adamw: 0.05
      case .adam, .rmsprop: 0.0001
      case .sgd, .momentum, .nesterov: 0.0005
      }
    choose(\.optimization.regularization.$weightDecay, decay, because: "usual for \(kind.rawValue)")
    choose(\.optimization.regularization.$averageDecay, nil, because: "the schedule ends slowly enough")
  }

  /// Few images are shown more often, though not as much more often as they are fewer.
  private mutating func chooseEpochs() {
    let ideal = 60 * pow(54_000 / Double(count), 0.3)
    var epochs = min(200, max(20, Int((ideal / 10).rounded()) * 10))
    var reason = images
    let optimization = configuration.optimization
    let phases = optimization.denseSparseDense.map { max(0, $0.sparseEpochs) + max(0, $0.finalEpochs) } ?? 0
    if phases >= epochs / 2 {
      epochs = min(1_000_000, 2 * phases + 1)
      reason = "the phases of dsd"
    }
    let warmup = optimization.$warmupEpochs.isAutomatic ? 0 : optimization.warmupEpochs
    if warmup > Double(epochs) / 2, warmup < 500_000 {
      epochs = Int((2 * warmup).rounded(.up))
      reason = "warmup-epochs"
    }
    choose(\.optimization.$epochs, epochs, because: reason)
  }

  private mutating func chooseSchedule() {
    choose(\.optimization.$schedule, .cosine, because: "ends slowly")
    let optimization = configuration.optimization
    if optimization.schedule.kind == .oneCycle {
      choose(\.optimization.$warmupEpochs, 0, because: "one-cycle rises by itself")
    } else {
      let phases = optimization.denseSparseDense.map { $0.sparseEpochs + $0.finalEpochs } ?? 0
      let warmup = max(0, min(5, (optimization.epochs - phases) / 10))
      choose(\.optimization.$warmupEpochs, Double(warmup), because: "of \(optimization.epochs) epochs")
    }
  }

  // MARK: The weights that are kept

  /// Fewer validation images than this choose among the last epochs by luck: their interval is wider than what
  /// separates the epochs.
  private static let fewImages = 1_000

  /// The best of many epochs by few images is too good on these images, and no better than the last on others.
  private mutating func chooseBestEpoch() {
    let optimization = configuration.optimization
    let falls = [.cosine, .oneCycle].contains(optimization.schedule.kind)
    let stopping = optimization.earlyStopping
    if facts.validationCount == 0 {
      choose(\.optimization.earlyStopping.$metric, .last, because: "there are no validation images")
    } else if stopping.patience == nil, stopping.minimumImprovement == 0, falls,
      facts.validationCount < Self.fewImages
    {
      choose(
        \.optimization.earlyStopping.$metric, .last,
        because: "\(facts.validationCount) validation images would choose by luck")
    } else {
      choose(\.optimization.earlyStopping.$metric, .accuracy, because: "what the model is for")
    }
  }

  /// Fewer images tell of hardly any mistake, and so not how often a network is wrong that is nearly sure.
  private static let leastCalibrated = 100

  /// Networks are surer than they are right, or with label smoothing less sure.
  private mutating func chooseCalibration() {
    if !configuration.givesProbabilitiesOfOneClass {
      choose(
        \.$calibrates, false, because: "only softmax with cross-entropy gives probabilities of one class")
    } else if configuration.folds > 1 {
      choose(\.$calibrates, false, because: "each image was trained on by some network")
    } else if facts.validationCount < Self.leastCalibrated {
      choose(\.$calibrates, false, because: "\(facts.validationCount) validation images tell too little")
    } else {
      choose(\.$calibrates, true, because: "probabilities become as sure as they are right")
    }
  }

  /// Where images are few, those that were kept for validation are missed.
  private mutating func chooseRefit() {
    if configuration.folds > 1 {
      choose(\.optimization.$refits, false, because: "other networks learn from the images left out")
    } else if facts.validationCount == 0 || !facts.isValidationSplitOff {
      choose(\.optimization.$refits, false, because: "no training image is kept for validation")
    } else if configuration.optimization.earlyStopping.metric == .last, facts.validationCount < Self.fewImages
    {
      choose(\.optimization.$refits, true, because: "images are few")
    } else {
      choose(\.optimization.$refits, false, because: "there are images enough")
    }
  }
}
