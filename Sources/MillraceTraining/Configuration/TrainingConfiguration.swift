public import MillraceImages
public import MillraceModels
public import MillraceNetwork
public import MillracePipeline

/// Everything that decides what a training run computes, and how it is carried out.
///
/// The names of the settings are those of the flags of `millrace train`; `ExecutionOptions` holds those
/// that change how fast a run goes but not a bit of its result. Most are left to the program unless they are given:
/// see ``Automatic``.
public struct TrainingConfiguration: Sendable, Hashable {
  /// The folder to train on (`data`).
  public var data: String
  /// A table that says the class of each image in the data (`labels`); nil: its folders do, or the data are such a table.
  public var labels: String?
  /// A folder to validate on (`val`); nil: the data's own, else a split.
  public var validation: String?
  /// The share of each class kept for validation where there is no validation folder (`val-fraction`), in [0, 1).
  @Automatic public var validationFraction = 0.1
  /// The share of each class kept for a test, which is neither trained nor validated on (`test-fraction`), above 0 and
  /// below 1; nil: none.
  public var testFraction: Double?
  /// Whether the model is measured once, at the end, on the images kept for a test, or on those that the data have for it
  /// (`evaluate-test`).
  public var evaluatesTest = false
  /// Which images belong together and stay on one side where the images are divided (`group-by`).
  @Automatic public var grouping = DatasetGrouping.none
  /// How the folders in the data are read (`layout`).
  public var layout = DatasetLayout.auto

  /// The size each image is brought to (`image-size`).
  @Automatic public var imageSize = ImageSize(width: 32, height: 32)
  /// How a picture of another shape is brought to that size (`fit`).
  public var fit = PictureFit.crop
  /// Colour or grey (`channels`).
  @Automatic public var channels = Channels.rgb
  /// What is done to each training image (`augment`).
  @Automatic public var augment = AugmentationPolicy.none
  /// What lies behind transparent images, and outside of every image that is moved (`background`).
  public var background = RGBColor.black
  /// Mean and deviation of each channel, or one for all of them, in units of 0…1 (`normalize`); nil: measured on
  /// training images.
  public var normalization: Normalization?

  /// What stands before the hidden layers and sees places (`stem`); nil: nothing does.
  @Automatic public var stem: ConvolutionStem? = nil
  /// Whether the program chooses a stem that nobody has given (`stem: auto`); otherwise there is none, unless the file of
  /// ``initialWeights`` has one.
  public var choosesStem = false
  /// The units of each hidden layer (`hidden`); empty for a linear classifier.
  @Automatic public var hidden = [512, 256]
  /// The activation of the hidden layers (`activation`): one for all, or one for each.
  public var activations = [HiddenActivation.elementwise(.relu)]

  /// The share of each hidden layer dropped in training (`dropout`), in [0, 1): one for all, or one for each.
  @Automatic public var dropout = [0.0]
  /// The share of the inputs dropped in training (`input-dropout`), in [0, 1).
  public var inputDropout = 0.0
  /// Whether and over what hidden layers are normalised (`batch-norm`).
  @Automatic public var batchNormalization = BatchNormalizationKind.none
  /// What the operands of the network's matrix products are, in training and in use (`precision`).
  public var precision = ProductPrecision.float32
  /// What training makes small (`loss`).
  public var loss = LossKind.crossEntropy
  /// What the last layer's sums become (`output-activation`). Until it is chosen, see ``resolvedOutput``.
  @Automatic public var output = OutputKind.softmax
  /// How the weights begin (`init`).
  public var initializer = Initializer.he
  /// How the hidden layers' biases begin (`init-bias`).
  public var initialBias = 0.0
  /// A model file, run folder or other safetensors file with all parameters of the network, from which training begins
  /// (`init-weights`); nil: from ``initializer`` and ``seed``. See `Network.parameters(contentsOf:)`.
  public var initialWeights: String?
  /// The hidden layers, from the first on, that stay as ``initialWeights`` has them (`freeze`), from 0 to all; the blocks of
  /// a stem count as hidden layers before the others.
  public var fixedLayers = 0
  /// ε of label smoothing (`label-smoothing`), in [0, 1).
  @Automatic public var labelSmoothing = 0.0
  /// What is done about classes of unequal size (`balance`).
  @Automatic public var balance = ClassBalance.none

  /// Whether the model's probabilities are made as sure as they are right on the validation images, at the end
  /// (`calibrate`); see `Model/temperature`.
  @Automatic public var calibrates = false

  /// How the weights are found: epochs, minibatches, learning rate and its like.
  public var optimization = OptimizationOptions()
  /// The number that everything random follows from (`seed`).
  public var seed: UInt64 = 1

  /// The networks of different seeds that are trained into one model (`ensemble`), from 1 to 100.
  public var ensemble = 1
  /// The folds of a cross-validation, whose networks become one model (`folds`), from 2 to 100; 1: none.
  public var folds = 1
  /// The one of these networks that is trained alone (`member`), from 1; nil: all of them, by an ``EnsembleRun``.
  public var member: Int?

  /// What an image file may cost.
  public var reading = ReadingOptions()
  /// How the run is carried out.
  public var execution = ExecutionOptions()

  /// A run on a folder, with every other setting at its default.
  public init(data: String) {
    self.data = data
  }

  /// Checks every range. What is left to the program goes with whatever was given, so it is no reason to refuse that.
  ///
  /// - Throws: `ConfigurationError` for the first setting out of range.
  public func validate() throws(ConfigurationError) {
    var facts = DatasetFacts.unknown
    facts.weights = weightsFacts
    try (hasPendingChoices ? chosen(for: facts) : self).checkRanges()
  }

  private func checkRanges() throws(ConfigurationError) {
    try require(
      (0..<1).contains(validationFraction), "val-fraction",
      "must be from 0 to below 1, got \(validationFraction)")
    if let testFraction {
      try require(
        testFraction > 0 && testFraction < 1, "test-fraction",
        "must be above 0 and below 1, got \(testFraction); leave it out to keep none")
    }
    if case .pattern(let pattern) = grouping {
      do throws(PathPatternError) {
        _ = try DatasetGrouping(parsing: pattern)
      } catch {
        throw ConfigurationError(setting: "group-by", problem: error.description)
      }
    }
    try require(
      (1...4096).contains(imageSize.width) && (1...4096).contains(imageSize.height), "image-size",
      "each side must be from 1 to 4096 pixels, got \(imageSize.width)x\(imageSize.height)")
    if let normalization {
      for (name, values) in [("mean", normalization.mean), ("deviation", normalization.standardDeviation)] {
        try require(
          values.count == 1 || values.count == channels.rawValue, "normalize",
          "needs one \(name) for all channels"
            + (channels.rawValue > 1 ? ", or one for each of the \(channels.rawValue)" : " of a gray image")
            + ", got \(values.count)")
      }
    }
    for units in hidden {
      try require(
        (1...1_000_000).contains(units), "hidden",
        "each layer needs from 1 to 1000000 units, got \(units); for a linear classifier write 'none'")
    }
    for (setting, count) in [("activation", activations.count), ("dropout", dropout.count)] {
      try require(
        count == 1 || count == hidden.count, setting,
        "needs one value, or one for each of the \(hidden.count) hidden layers, got \(count)")
    }
    for (setting, rate) in dropout.map({ ("dropout", $0) }) + [
      ("input-dropout", inputDropout), ("label-smoothing", labelSmoothing),
    ] {
      try require((0..<1).contains(rate), setting, "must be from 0 to below 1, got \(rate)")
    }
    try require(
      fixedLayers == 0 || initialWeights != nil, "freeze",
      "needs init-weights: layers that begin at random would stay so")
    try require(
      (0...fixableLayers).contains(fixedLayers), "freeze",
      "must be from 0 to the number of hidden layers\(stem == nil ? "" : " and blocks of the stem"), "
        + "\(fixableLayers), got \(fixedLayers)")
    if let problem = stemConfiguration?.problem {
      throw ConfigurationError(
        setting: "stem",
        problem: "has \(problem); change it, or the image size \(imageSize.width)x\(imageSize.height)")
    }
    try require(initialBias.isFinite, "init-bias", "must be a number, got \(initialBias)")
    if let problem = loss.problem(with: resolvedOutput) {
      throw ConfigurationError(setting: "output-activation", problem: problem)
    }
    // The number of classes is not known, and hardly matters.
    if let problem = network(classes: 1).problem {
      throw ConfigurationError(
        setting: stem == nil ? "hidden" : "stem",
        problem: "makes a network of \(problem); make its layers narrower")
    }
    try require(
      labelSmoothing == 0 || loss == .crossEntropy, "label-smoothing", "goes with the loss cross-entropy only"
    )
    try validateMembers()
    try optimization.validate()
    try reading.validate()
    try execution.validate()
  }
}

extension TrainingConfiguration {
  /// The layers that can be fixed.
  private var fixableLayers: Int { hidden.count + (stem?.channels.count ?? 0) }

  /// The stem for images of the configured size.
  private var stemConfiguration: StemConfiguration? {
    stem.map {
      StemConfiguration(
        input: PlaneShape(channels: channels.rawValue, height: imageSize.height, width: imageSize.width),
        convolutions: $0)
    }
  }

  /// Whether a stem is given, chosen, or to be chosen.
  var hasStem: Bool { stem != nil || choosesStem && $stem.isPending }

  /// What every image goes through as far as the settings say.
  ///
  /// - Parameter normalization: What was measured, where ``normalization`` is nil; nil: values from 0 to 1.
  package func preprocessing(measured normalization: Normalization? = nil) throws(PreprocessingError)
    -> Preprocessing
  {
    func each(_ values: [Float]) -> [Float] {
      values.count == 1 ? Array(repeating: values[0], count: channels.rawValue) : values
    }
    let given = self.normalization.map {
      Normalization(mean: each($0.mean), standardDeviation: each($0.standardDeviation))
    }
    return try Preprocessing(
      size: imageSize, channels: channels, normalization: given ?? normalization,
      background: background.components,
      magnification: min(augment.magnification, Preprocessing.largestMagnification), fit: fit)
  }

  /// The network for a number of classes.
  public func network(classes: Int) -> NetworkConfiguration {
    func each<Value>(_ values: [Value], _ index: Int) -> Value { values[values.count == 1 ? 0 : index] }
    var network = NetworkConfiguration(
      inputCount: channels.rawValue * imageSize.height * imageSize.width,
      hidden: hidden.enumerated().map { index, units in
        HiddenLayer(units: units, activation: each(activations, index), dropout: each(dropout, index))
      },
      outputCount: classes)
    network.stem = stemConfiguration
    network.inputDropout = inputDropout
    network.batchNormalization = batchNormalization
    network.loss = loss
    network.output = resolvedOutput
    network.precision = precision
    return network
  }

  /// What matters to the network's training alone.
  ///
  /// - Parameter counts: The training images of each class.
  public func networkTraining(countPerClass counts: [Int]) -> NetworkTrainingOptions {
    var options = NetworkTrainingOptions()
    options.initializer = initializer
    options.initialBias = Float(initialBias)
    options.fixedLayers = fixedLayers
    options.labelSmoothing = Float(labelSmoothing)
    if balance == .weights {
      // total / (classes · count): the mean weight of an image is 1.
      let mean = Float(counts.reduce(0, +)) / Float(max(1, counts.count))
      options.classWeights = counts.map { mean / Float(max(1, $0)) }
    }
    return options
  }
}

/// What is done about classes of unequal size.
public enum ClassBalance: String, Sendable, Hashable, CaseIterable {
  /// Nothing: each image counts the same.
  case none
  /// Each class weighs the same in the loss.
  case weights
  /// Each class is shown equally often.
  case sampling
}
