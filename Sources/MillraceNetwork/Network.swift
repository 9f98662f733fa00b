import MillraceRandom

/// A feedforward network: its layers, its loss, and where each layer's parameters lie in one flat vector.
public struct Network: Sendable {
  /// What it was built from.
  public let configuration: NetworkConfiguration
  /// First to last.
  public let layers: [any Layer]
  /// What training makes small.
  public let loss: any Loss
  /// Every parameter tensor, in the order of the flat vector.
  public let parameters: [NetworkParameter]
  /// The length of the flat parameter vector.
  public let parameterCount: Int
  /// The first index of each layer's slice.
  let sliceStarts: [Int]

  /// Builds a network.
  ///
  /// - Parameters:
  ///   - configuration: Its widths and activations.
  ///   - kernel: Who multiplies; the naive kernel is for tests.
  public init(_ configuration: NetworkConfiguration, kernel: MatrixKernel = .blas) {
    var layers: [any Layer] = []
    var width = configuration.inputCount
    for units in configuration.hidden {
      layers.append(
        Dense(inputCount: width, outputCount: units, activation: configuration.activation, kernel: kernel))
      width = units
    }
    layers.append(
      Dense(inputCount: width, outputCount: configuration.outputCount, activation: .identity, kernel: kernel))

    var parameters: [NetworkParameter] = []
    var starts: [Int] = []
    var next = 0
    for (index, layer) in layers.enumerated() {
      starts.append(next)
      for tensor in layer.parameters {
        parameters.append(
          NetworkParameter(
            name: "\(index).\(layer.name).\(tensor.name)", layer: index, description: tensor,
            range: next..<next + tensor.count))
        next += tensor.count
      }
    }
    self.configuration = configuration
    self.layers = layers
    self.loss = SoftmaxCrossEntropy()
    self.parameters = parameters
    self.parameterCount = next
    self.sliceStarts = starts
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

/// A parameter tensor and its place in the flat vector.
public struct NetworkParameter: Sendable, Hashable {
  /// Unique in the network, such as `0.dense.weight`.
  public let name: String
  /// The index of its layer.
  public let layer: Int
  /// Its shape, and whether it decays.
  public let description: ParameterDescription
  /// Its elements in the flat vector.
  public let range: Range<Int>
}
