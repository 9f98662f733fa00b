/// The activations by name: the registry that flags, configuration files and model files share.
public enum ActivationKind: String, Sendable, Codable, CaseIterable {
  case identity
  case sigmoid
  case tanh
  case relu
  case leakyReLU = "leaky-relu"
  case elu
  case selu
  case gelu

  /// The type that holds the mathematics.
  var implementation: any ElementwiseActivation.Type {
    switch self {
    case .identity: Identity.self
    case .sigmoid: Sigmoid.self
    case .tanh: Tanh.self
    case .relu: ReLU.self
    case .leakyReLU: LeakyReLU.self
    case .elu: ELU.self
    case .selu: SELU.self
    case .gelu: GELU.self
    }
  }
}

extension ActivationKind {
  /// Makes f(x) of each value x, in place.
  package func apply(to values: inout [Float]) {
    let function = implementation
    values.withUnsafeMutableBufferPointer { buffer in
      guard let base = buffer.baseAddress else { return }
      function.apply(base, to: base, count: buffer.count)
    }
  }
}
