/// Stochastic gradient descent with classical momentum: v ← μv + g; w ← w − ηv, with g including λw.
///
/// The learning rate is not folded into the velocity. At μ = 0 it is plain SGD.
/// Source: Sutskever, Martens, Dahl, Hinton, "On the importance of initialization and momentum", 2013.
public struct Momentum: Optimizer {
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
    let w = block.parameters
    let g = block.gradient
    let v = block.state(0)
    let momentum = momentum
    let decay = block.weightDecay
    for i in 0..<block.count {
      let velocity = momentum * v[i] + (g[i] + decay * w[i])
      v[i] = velocity
      w[i] -= learningRate * velocity
    }
  }
}
