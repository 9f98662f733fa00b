/// Plain stochastic gradient descent: w ← w − ηg, with g including λw.
///
/// Source: Robbins and Monro, "A stochastic approximation method", 1951.
public struct SGD: Optimizer {
  /// Makes the rule.
  public init() {}

  /// The vectors that the rule remembers between steps.
  public var stateNames: [String] { [] }

  /// Steps each element of the block by the formula.
  public func update(_ block: ParameterBlock, learningRate: Float, step: Int) {
    let (w, g) = (block.parameters, block.gradient)
    let decay = block.weightDecay
    for i in 0..<block.count {
      w[i] -= learningRate * (g[i] + decay * w[i])
    }
  }
}
