/// Steps divided by the gradient's running root mean square: s ← ρs + (1 − ρ)g²; w ← w − ηg / (√s + ε), with g
/// including λw.
///
/// Source: Tieleman and Hinton, "Lecture 6.5: RMSprop", COURSERA, 2012; ρ and ε as PyTorch has them.
public struct RMSProp: Optimizer {
  static let parameters = [
    NamedParameter("rho", default: 0.99, .from(0, below: 1), "share of the mean square kept each step"),
    NamedParameter("epsilon", default: 1e-8, .above(0, to: 1), "is added to the root"),
  ]

  // These are doubles, since 1 − ρ in Float would lose digits before it is rounded.
  /// ρ, in [0, 1).
  public let rho: Double
  /// ε, above 0.
  public let epsilon: Double

  /// Makes the rule.
  public init(rho: Double = 0.99, epsilon: Double = 1e-8) {
    self.rho = rho
    self.epsilon = epsilon
  }

  /// The vectors that the rule remembers between steps.
  public var stateNames: [String] { ["square"] }

  /// Steps each element of the block by the formula.
  public func update(_ block: ParameterBlock, learningRate: Float, step: Int) {
    let (w, g, s) = (block.parameters, block.gradient, block.state(0))
    let (keep, take) = (Float(rho), Float(1 - rho))
    let epsilon = Float(epsilon)
    let decay = block.weightDecay
    for i in 0..<block.count {
      let gradient = g[i] + decay * w[i]
      let square = keep * s[i] + take * (gradient * gradient)
      s[i] = square
      w[i] -= learningRate * gradient / (squareRoot(square) + epsilon)
    }
  }
}
