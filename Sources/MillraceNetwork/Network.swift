import MillraceRandom

/// A feedforward network: its layers, its loss, and where each layer's parameters lie in one flat vector.
public struct Network: Sendable {
  /// What it was built from.
  public let configuration: NetworkConfiguration
  /// First to last.
  public let layers: [any Layer]
  /// What training makes small.
  public let loss: LossFunction
  /// Every parameter tensor, in the order of the flat vector.
  public let parameters: [NetworkParameter]
  /// The weight matrices, cut into the rows of one product each, in the order of the flat vector.
  public let weightRows: [WeightRows]
  /// The length of the flat parameter vector.
  public let parameterCount: Int
  /// The layers between whose parts all shards of a minibatch must meet; see ``NetworkPass``.
  let stages: [Range<Int>]
  /// The first layer that is not fixed: nothing goes further back.
  let firstLearned: Int
  /// The layer that begins each stage but the first.
  let synchronized: [any SynchronizedLayer]
  /// The first index of each layer's slice.
  let sliceStarts: [Int]

  /// Builds a network.
  ///
  /// - Parameters:
  ///   - configuration: Its widths and activations. Its ``NetworkConfiguration/problem`` must be nil.
  ///   - options: What matters to training alone.
  ///   - kernel: Who multiplies; the naive kernel is for tests.
  public init(
    _ configuration: NetworkConfiguration, options: NetworkTrainingOptions = NetworkTrainingOptions(),
    kernel: MatrixKernel = .fast
  ) {
    if let problem = configuration.problem { preconditionFailure("a network cannot be built: \(problem)") }
    layers = Self.layers(of: configuration, options: options, kernel: kernel)
    firstLearned = layers.firstIndex { !($0 is Fixed) } ?? 0
    loss = LossFunction(
      kind: configuration.loss, outputs: configuration.outputCount, labelSmoothing: options.labelSmoothing,
      classWeights: options.classWeights)
    self.configuration = configuration

    var parameters: [NetworkParameter] = []
    var starts: [Int] = []
    var stages: [Range<Int>] = []
    var synchronized: [any SynchronizedLayer] = []
    var next = 0
    var stageStart = 0
    for (index, layer) in layers.enumerated() {
      starts.append(next)
      for tensor in layer.parameters {
        precondition(
          tensor.role != .weight || parameters.last?.layer != index || parameters.last?.isMatrix == true,
          "layer \(index) (\(layer.name)) has a weight matrix after other parameters; matrices come first")
        parameters.append(
          NetworkParameter(
            name: "\(index).\(layer.name).\(tensor.name)", layer: index, description: tensor,
            range: next..<next + tensor.count))
        next += tensor.count
      }
      if let layer = layer as? any SynchronizedLayer, layer.sumCount > 0 {
        stages.append(stageStart..<index)
        synchronized.append(layer)
        stageStart = index
      }
    }
    stages.append(stageStart..<layers.count)
    self.parameters = parameters
    weightRows = parameters.filter(\.isMatrix).flatMap(WeightRows.cut)
    self.stages = stages
    self.synchronized = synchronized
    parameterCount = next
    sliceStarts = starts
  }

  /// Each hidden layer is a dense layer, then normalisation and activation or maxout, then dropout, which belongs to the
  /// layer that learns from what is left.
  private static func layers(
    of configuration: NetworkConfiguration, options: NetworkTrainingOptions, kernel: MatrixKernel
  ) -> [any Layer] {
    var layers: [any Layer] = []
    var width = configuration.inputCount
    if configuration.inputDropout > 0 {
      layers.append(Dropout(count: width, rate: configuration.inputDropout))
    }
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
      if index + 1 == options.fixedLayers { layers = layers.map(Fixed.init) }
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
  /// The hidden layers, from the first on, that are computed as in prediction and stay as they are; 0: none.
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

  /// Whether it is a weight matrix, whose products and gradient are computed by rows.
  public var isMatrix: Bool { description.role == .weight }
}
