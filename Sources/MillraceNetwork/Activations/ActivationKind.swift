/// The activations by name: the registry that flags, configuration files and model files share.
public enum ActivationKind: String, Sendable, Codable, CaseIterable {
  case identity
  case relu

  /// The type that holds the mathematics.
  var implementation: any ElementwiseActivation.Type {
    switch self {
    case .identity: Identity.self
    case .relu: ReLU.self
    }
  }
}
