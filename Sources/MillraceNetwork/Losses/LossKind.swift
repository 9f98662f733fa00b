/// The losses by name: the registry that flags, configuration files and model files share.
public enum LossKind: String, Sendable, Codable, CaseIterable {
  case crossEntropy = "cross-entropy"
  case hinge
  case binaryCrossEntropy = "binary-cross-entropy"
  case squaredError = "squared-error"

  /// The type that holds the mathematics.
  public var implementation: any Loss {
    switch self {
    case .crossEntropy: SoftmaxCrossEntropy()
    case .hinge: Hinge()
    case .binaryCrossEntropy: BinaryCrossEntropy()
    case .squaredError: MeanSquaredError()
    }
  }

  /// The outputs it can be used with; the first is the one that fits it best.
  public var outputs: [OutputKind] {
    switch self {
    case .crossEntropy: [.softmax]
    case .hinge: [.linear]
    case .binaryCrossEntropy: [.sigmoid]
    case .squaredError: [.linear, .sigmoid, .tanh]
    }
  }

  /// Why it cannot be used with an output, or nil where it can.
  public func problem(with output: OutputKind) -> String? {
    if outputs.contains(output) { return nil }
    let reason =
      switch self {
      case .crossEntropy: "it takes the logarithm of probabilities that sum to one"
      case .hinge: "it needs scores without bounds: a margin of 1 cannot be reached between probabilities"
      case .binaryCrossEntropy: "it takes each output as a probability of its own"
      case .squaredError: "a softmax's gradient vanishes where it is surely wrong"
      }
    return "\(rawValue) does not go with \(output.rawValue) outputs: \(reason); "
      + "use \(outputs.map(\.rawValue).joined(separator: " or "))"
  }
}

/// What the last layer's sums become.
public enum OutputKind: String, Sendable, Codable, CaseIterable {
  case softmax
  case sigmoid
  case tanh
  case linear

  /// Whether outputs lie between 0 and 1 and are read as probabilities.
  package var isProbability: Bool { self == .softmax || self == .sigmoid }
}
