import MillraceRandom

/// A feedforward network: its layers, its loss, and where each layer's parameters lie in one flat vector.
public struct Network: Sendable {
  /// What it was built from; nil for one of layers of one's own, which no model file can describe.
  public let configuration: NetworkConfiguration?
  /// First to last.
  public let layers: [any Layer]
  /// What training makes small.
  public let loss: LossFunction
  /// Every parameter tensor, in the order of the flat vector.
  public let parameters: [NetworkParameter]
  /// The weight matrices that are learned, cut into the rows of one product each, in the order of the flat vector.
  package let weightRows: [WeightRows]
  /// By layer and matrix: the rows of all, also of those that are fixed.
  let products: [[[WeightRows]]]
  /// Who multiplies.
  package let kernel: MatrixKernel
  /// The length of the flat parameter vector.
  public let parameterCount: Int
  /// The layers between whose parts all shards of a minibatch must meet; see ``NetworkPass``.
  let stages: [Range<Int>]
  /// The first layer that is not fixed: nothing goes further back.
  let firstLearned: Int
  /// The first layer with parameters that are stepped: nobody needs the gradient of its input.
  package let firstStepped: Int
  /// The layer that begins each stage but the first.
  let synchronized: [any SynchronizedLayer]
  /// The first index of each layer's slice.
  let sliceStarts: [Int]
  /// The sums over the minibatch that each layer needs.
  let sumCounts: [Int]

  /// Builds a network.
  ///
  /// - Parameters:
  ///   - configuration: Its widths and activations. Its ``NetworkConfiguration/problem`` must be nil.
  ///   - options: What matters to training alone.
  ///   - kernel: Who multiplies; nil: as its ``NetworkConfiguration/precision`` says. Others are for tests.
  public init(
    _ configuration: NetworkConfiguration, options: NetworkTrainingOptions = NetworkTrainingOptions(),
    kernel: MatrixKernel? = nil
  ) {
    if let problem = configuration.problem { preconditionFailure("a network cannot be built: \(problem)") }
    let kernel = kernel ?? configuration.precision.kernel
    self.init(
      Self.layers(of: configuration, options: options, kernel: kernel),
      loss: configuration.loss.implementation,
      options, kernel, configuration)
  }

  /// Builds a network of layers and a loss of one's own.
  ///
  /// It is trained and used like any other, but no model file describes it.
  ///
  /// - Parameters:
  ///   - layers: At least one; each takes as many values as the one before gives.
  ///   - loss: What training makes small; ``LossKind/implementation`` has those that come with the library.
  ///   - labelSmoothing: ε: the true class gets 1 − ε + ε/C, the others ε/C.
  ///   - classWeights: The factor of each class's samples in the loss; empty: 1.
  ///   - kernel: Who multiplies with the layers' matrices.
  public init(
    layers: [any Layer], loss: any Loss, labelSmoothing: Float = 0, classWeights: [Float] = [],
    kernel: MatrixKernel = .fast
  ) {
    var options = NetworkTrainingOptions()
    (options.labelSmoothing, options.classWeights) = (labelSmoothing, classWeights)
    self.init(layers, loss: loss, options, kernel, nil)
  }

  private init(
    _ layers: [any Layer], loss: any Loss, _ options: NetworkTrainingOptions, _ kernel: MatrixKernel,
    _ configuration: NetworkConfiguration?
  ) {
    guard let last = layers.last else { preconditionFailure("a network needs a layer") }
    self.layers = layers
    self.kernel = kernel
    firstLearned = layers.firstIndex { !($0 is Fixed) } ?? 0
    firstStepped =
      layers.firstIndex { $0.parameters.contains(where: \.role.isLearned) } ?? layers.count
    self.loss = LossFunction(
      loss, outputs: last.outputCount, labelSmoothing: options.labelSmoothing,
      classWeights: options.classWeights)
    self.configuration = configuration

    var parameters: [NetworkParameter] = []
    var starts: [Int] = []
    var stages: [Range<Int>] = []
    var synchronized: [any SynchronizedLayer] = []
    var next = 0
    var stageStart = 0
    var products: [[[WeightRows]]] = []
    var sumCounts: [Int] = []
    for (index, layer) in layers.enumerated() {
      let place = "layer \(index) (\(layer.name))"
      if index > 0, layers[index - 1].outputCount != layer.inputCount {
        preconditionFailure(
          "\(place) takes \(layer.inputCount) values, but the layer before gives \(layers[index - 1].outputCount)"
        )
      }
      starts.append(next)
      products.append([])
      for tensor in layer.parameters {
        let isBehindOthers = parameters.last?.layer == index && parameters.last?.description.matrix == nil
        if tensor.matrix != nil, isBehindOthers {
          preconditionFailure(
            "\(place) has the matrix '\(tensor.name)' after other parameters; matrices come first")
        }
        if let problem = tensor.matrix?.problem(tensor, of: layer) {
          preconditionFailure("\(place) cannot have the matrix '\(tensor.name)': \(problem)")
        }
        parameters.append(
          NetworkParameter(
            name: "\(index).\(layer.name).\(tensor.name)", layer: index, description: tensor,
            range: next..<next + tensor.count))
        next += tensor.count
        if tensor.matrix != nil {
          products[index].append(
            WeightRows.cut(
              parameters[parameters.count - 1], parameter: parameters.count - 1,
              matrix: products[index].count))
        }
      }
      sumCounts.append((layer as? any SynchronizedLayer)?.sumCount ?? 0)
      if let layer = layer as? any SynchronizedLayer, layer.sumCount > 0 {
        stages.append(stageStart..<index)
        synchronized.append(layer)
        stageStart = index
      }
    }
    stages.append(stageStart..<layers.count)
    self.parameters = parameters
    self.products = products
    self.sumCounts = sumCounts
    weightRows = products.joined().joined().filter { parameters[$0.parameter].isMatrix }
    self.stages = stages
    self.synchronized = synchronized
    parameterCount = next
    sliceStarts = starts
  }

  /// A stem comes first; its blocks count as hidden layers where some of these are fixed. Each hidden layer is a dense
  /// layer, then normalisation and activation or maxout, then dropout, which belongs to the layer that learns from what is
  /// left.
  private static func layers(
    of configuration: NetworkConfiguration, options: NetworkTrainingOptions, kernel: MatrixKernel
  ) -> [any Layer] {
    var layers: [any Layer] = []
    var width = configuration.inputCount
    if configuration.inputDropout > 0 {
      layers.append(Dropout(count: width, rate: configuration.inputDropout))
    }
    if let stem = configuration.stem {
      stem.append(
        to: &layers, normalization: configuration.batchNormalization, options: options, kernel: kernel)
      width = stem.outputCount
    }
    let blocks = configuration.stem?.convolutions.channels.count ?? 0
    func dense(_ units: Int, _ activation: ActivationKind, hasBias: Bool, initialBias: Float) -> Dense {
      Dense(
        inputCount: width, outputCount: units, activation: activation, hasBias: hasBias,
        initializer: options.initializer, initialBias: initialBias, kernel: kernel)
    }
    for (index, hidden) in configuration.hidden.enumerated() {
      let (pieces, activation): (Int, ActivationKind) =
        switch hidden.activation {
        case .elementwise(let kind): (1, kind)
        case .maxout(let pieces): (pieces, .identity)
        }
      let sums = hidden.units * pieces
      let isNormalized = configuration.batchNormalization != .none
      // Normalisation shifts by itself: a bias before it would do nothing.
      layers.append(
        dense(
          sums, isNormalized ? .identity : activation, hasBias: !isNormalized,
          initialBias: activation == .identity ? 0 : options.initialBias))
      if isNormalized {
        layers.append(
          BatchNormalization(
            count: sums, activation: activation, isSynchronized: configuration.batchNormalization == .sync))
      }
      if pieces > 1 { layers.append(Maxout(units: hidden.units, pieces: pieces)) }
      if blocks + index + 1 == options.fixedLayers { layers = layers.map(Fixed.init) }
      if hidden.dropout > 0 { layers.append(Dropout(count: hidden.units, rate: hidden.dropout)) }
      width = hidden.units
    }
    let activation: ActivationKind =
      switch (configuration.loss, configuration.output) {
      case (.squaredError, .sigmoid): .sigmoid
      case (.squaredError, .tanh): .tanh
      // Softmax and the sigmoid of binary cross-entropy belong to their losses.
      default: .identity
      }
    layers.append(dense(configuration.outputCount, activation, hasBias: true, initialBias: 0))
    return layers
  }

  /// The values of a sample.
  public var inputCount: Int { layers[0].inputCount }
  /// The number of values before the first layer and after each that it was built from.
  public var widths: [Int] { configuration?.widths ?? [inputCount] + layers.map(\.outputCount) }
  /// The last layer with a weight matrix: what it reads is what the layers before have made of the input.
  var classifier: Int { parameters.last { $0.description.matrix != nil }?.layer ?? 0 }
  /// The values of a sample's features: those that the last layer with weights reads, such as the outputs of the last hidden
  /// layer.
  public var featureCount: Int { layers[classifier].inputCount }
  /// The values that the last layer gives.
  public var outputCount: Int { layers[layers.count - 1].outputCount }

  /// The initial values of the flat parameter vector: a function of the seed alone.
  public func initialParameters(seed: UInt64) -> [Float] {
    [Float](unsafeUninitializedCapacity: parameterCount) { buffer, count in
      if let base = buffer.baseAddress {
        for (index, layer) in layers.enumerated() {
          var random = KeyedRandom(seed: seed, purpose: .initialization, sample: index)
          layer.initialize(base + sliceStarts[index], using: &random)
        }
      }
      count = parameterCount
    }
  }
}

/// What matters to a network's training and not to its use.
public struct NetworkTrainingOptions: Sendable, Hashable {
  /// How the weights begin.
  public var initializer = Initializer.he
  /// How the hidden layers' biases begin.
  public var initialBias: Float = 0
  /// ε of label smoothing, in [0, 1).
  public var labelSmoothing: Float = 0
  /// The hidden layers, from the first on and those of a stem before them, that are computed as in prediction and stay as they are; 0: none.
  public var fixedLayers = 0
  /// The factor of each class's samples in the loss; empty: 1.
  public var classWeights: [Float] = []

  /// The defaults.
  public init() {}
}

/// A parameter tensor and its place in the flat vector.
public struct NetworkParameter: Sendable, Hashable {
  /// Unique in the network, such as `0.dense.weight`.
  public let name: String
  /// The index of its layer.
  public let layer: Int
  /// Its shape, and what training does with it.
  public let description: ParameterDescription
  /// Its elements in the flat vector.
  public let range: Range<Int>

  /// Whether it is a matrix that is learned, whose products and gradient are computed by rows.
  public var isMatrix: Bool { description.matrix != nil && description.role.isLearned }
}
