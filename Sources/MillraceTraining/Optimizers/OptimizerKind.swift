/// The optimisers by name: the registry that flags and configuration files share.
public enum OptimizerKind: String, NamedKind {
  case sgd
  case momentum
  case nesterov
  case rmsprop
  case adam
  case adamw

  /// The name of the setting.
  public static var setting: String { "optimizer" }

  /// The numbers that may follow each name.
  public var parameters: [NamedParameter] {
    switch self {
    case .sgd, .momentum, .nesterov: []
    case .rmsprop: RMSProp.parameters
    case .adam, .adamw: Adam.parameters
    }
  }
}

/// An optimiser and its numbers, written `momentum` or `adam:beta1=0.9;beta2=0.999;epsilon=1e-8`.
public typealias OptimizerConfiguration = NamedChoice<OptimizerKind>

extension NamedChoice<OptimizerKind> {
  /// The rule itself.
  ///
  /// - Parameter momentum: μ of the optimisers that have one; it is a setting of its own.
  public func optimizer(momentum: Double) -> any Optimizer {
    switch kind {
    case .sgd: SGD()
    case .momentum: Momentum(momentum: Float(momentum))
    case .nesterov: Nesterov(momentum: Float(momentum))
    case .rmsprop: RMSProp(rho: self["rho"], epsilon: self["epsilon"])
    case .adam: Adam(beta1: self["beta1"], beta2: self["beta2"], epsilon: self["epsilon"])
    case .adamw: AdamW(beta1: self["beta1"], beta2: self["beta2"], epsilon: self["epsilon"])
    }
  }
}
