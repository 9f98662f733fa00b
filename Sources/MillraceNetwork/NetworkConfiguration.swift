/// What a network is made of: enough to build it again, and what a model file stores.
public struct NetworkConfiguration: Sendable, Hashable, Codable {
  /// The values of one sample: channels × height × width.
  public var inputCount: Int
  /// What stands before the hidden layers and sees places; nil where these see the inputs as they are.
  public var stem: StemConfiguration?
  /// The hidden layers, first to last; empty for a linear classifier.
  public var hidden: [HiddenLayer]
  /// The outputs: one a class.
  public var outputCount: Int
  /// The share of the inputs dropped in training, in [0, 1).
  public var inputDropout = 0.0
  /// Whether and over what the hidden layers, and the convolutions of a stem, are normalised.
  public var batchNormalization = BatchNormalizationKind.none
  /// What the last layer's sums become.
  public var output = OutputKind.softmax
  /// What training makes small.
  public var loss = LossKind.crossEntropy
  /// What the operands of its matrix products are, in training and in use.
  public var precision: ProductPrecision {
    get { storedPrecision ?? .float32 }
    set { storedPrecision = newValue == .float32 ? nil : newValue }
  }
  /// Nil for Floats: the file of such a network says nothing of it.
  private var storedPrecision: ProductPrecision?

  private enum CodingKeys: String, CodingKey {
    case inputCount, stem, hidden, outputCount, inputDropout, batchNormalization, output, loss
    case storedPrecision = "precision"
  }

  /// Describes a network.
  public init(inputCount: Int, hidden: [HiddenLayer], outputCount: Int) {
    self.inputCount = inputCount
    self.hidden = hidden
    self.outputCount = outputCount
  }
}

/// A hidden layer.
public struct HiddenLayer: Sendable, Hashable, Codable {
  /// Its units.
  public var units: Int
  /// What each unit does with its sum.
  public var activation: HiddenActivation
  /// The share of its units dropped in training, in [0, 1).
  public var dropout: Double

  /// Describes a layer.
  public init(units: Int, activation: HiddenActivation = .elementwise(.relu), dropout: Double = 0) {
    self.units = units
    self.activation = activation
    self.dropout = dropout
  }
}

/// What a hidden unit does: an elementwise activation of one sum, or the largest of several.
public enum HiddenActivation: Sendable, Hashable {
  /// f(w·x + b).
  case elementwise(ActivationKind)
  /// The largest of `pieces` sums.
  case maxout(pieces: Int)
}

extension HiddenActivation: CustomStringConvertible, Codable {
  /// Reads `relu` or another activation's name, or `maxout:5`; nil for anything else.
  public init?(_ text: String) {
    if let kind = ActivationKind(rawValue: text) {
      self = .elementwise(kind)
    } else if text == "maxout" {
      self = .maxout(pieces: 2)
    } else if text.hasPrefix("maxout:"), let pieces = Int(text.dropFirst("maxout:".count)),
      (2...1000).contains(pieces)
    {
      self = .maxout(pieces: pieces)
    } else {
      return nil
    }
  }

  /// The names that a text begins with.
  public static let words = ActivationKind.allCases.map(\.rawValue) + ["maxout"]

  /// What can be written, for messages.
  public static var names: String {
    (ActivationKind.allCases.map(\.rawValue) + ["maxout:K with K from 2 to 1000"]).joined(separator: ", ")
  }

  /// The text that is read back.
  public var description: String {
    switch self {
    case .elementwise(let kind): kind.rawValue
    case .maxout(let pieces): "maxout:\(pieces)"
    }
  }

  /// Reads the text.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    let text = try container.decode(String.self)
    guard let value = HiddenActivation(text) else {
      throw DecodingError.dataCorruptedError(
        in: container, debugDescription: "'\(text)' is not an activation; use one of \(Self.names)")
    }
    self = value
  }

  /// Writes the text.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(description)
  }
}

/// Whether hidden layers are normalised, and over what.
public enum BatchNormalizationKind: String, Sendable, Codable, CaseIterable {
  case none
  /// Over each shard alone (ghost batch normalisation): no exchange between shards.
  case shard
  /// Over the whole minibatch.
  case sync
}

extension NetworkConfiguration {
  /// Why no network can be built from this, in a few words; nil where one can.
  ///
  /// For configurations that come from files: the limit on parameters keeps a forged one from taking memory.
  public var problem: String? {
    var inputs = inputCount
    var total = 0
    if inputs < 1 { return "\(inputs) inputs" }
    let rates = [inputDropout] + hidden.map(\.dropout)
    if let rate = rates.first(where: { !(0..<1).contains($0) }) {
      return "a dropout rate of \(rate), which must be from 0 to below 1"
    }
    if let stem {
      if let problem = stem.problem { return "a stem with \(problem)" }
      if stem.input.count != inputCount {
        return "a stem for pictures of \(stem.input), which are not \(inputCount) inputs"
      }
      (total, inputs) = (stem.weightCount, stem.outputCount)
    }
    for layer in hidden + [HiddenLayer(units: outputCount)] {
      if layer.units < 1 { return "a layer of \(layer.units) units" }
      var sums = layer.units
      if case .maxout(let pieces) = layer.activation {
        let (product, overflow) = sums.multipliedReportingOverflow(by: pieces)
        if pieces < 1 || overflow { return "maxout of \(pieces) pieces" }
        sums = product
      }
      let (weights, overflow) = sums.multipliedReportingOverflow(by: inputs)
      let (sum, overflowed) = total.addingReportingOverflow(weights)
      if overflow || overflowed || sum > 1 << 34 { return "more than 2^34 weights" }
      total = sum
      inputs = layer.units
    }
    return loss.problem(with: output)
  }
}

extension NetworkConfiguration {
  /// The number of values before the first layer, after a stem, and after each layer.
  public var widths: [Int] {
    [inputCount] + (stem.map { [$0.outputCount] } ?? []) + hidden.map(\.units) + [outputCount]
  }
}
