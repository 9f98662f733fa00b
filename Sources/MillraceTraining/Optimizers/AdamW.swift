/// Adam with decoupled decay: w ← w − ηλw, then Adam's step with a gradient that knows nothing of λ.
///
/// Source: Loshchilov and Hutter, "Decoupled weight decay regularization", 2019.
public struct AdamW: Optimizer {
  /// The rule without decay.
  public let adam: Adam

  /// Makes the rule; the numbers are ``Adam``'s.
  public init(beta1: Double = 0.9, beta2: Double = 0.999, epsilon: Double = 1e-8) {
    adam = Adam(beta1: beta1, beta2: beta2, epsilon: epsilon)
  }

  /// The vectors that the rule remembers between steps.
  public var stateNames: [String] { adam.stateNames }

  /// Steps each element of the block by the formula.
  public func update(_ block: ParameterBlock, learningRate: Float, step: Int) {
    adam.update(
      block, learningRate: learningRate, step: step, decay: 0, shrink: 1 - learningRate * block.weightDecay)
  }
}
