/// Stochastic gradient descent with Nesterov's momentum: v ← μv + g; w ← w − η(g + μv), with g including λw.
///
/// Source: Sutskever, Martens, Dahl, Hinton, "On the importance of initialization and momentum", 2013, in the
/// form that takes the gradient at the weights themselves.
public struct Nesterov: Optimizer {
  /// μ, in [0, 1).
  public let momentum: Float

  /// Makes the rule.
  public init(momentum: Float) {
    self.momentum = momentum
  }

  /// The vectors that the rule remembers between steps.
  public var stateNames: [String] { ["velocity"] }

  /// Steps each element of the block by the formula.
  public func update(_ block: ParameterBlock, learningRate: Float, step: Int) {
    let (w, g, v) = (block.parameters, block.gradient, block.state(0))
    let momentum = momentum
    let decay = block.weightDecay
    for i in 0..<block.count {
      let gradient = g[i] + decay * w[i]
      let velocity = momentum * v[i] + gradient
      v[i] = velocity
      w[i] -= learningRate * (gradient + momentum * velocity)
    }
  }
}
