#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// Adaptive moments: m ← β₁m + (1 − β₁)g; s ← β₂s + (1 − β₂)g²; w ← w − η·m̂ / (√ŝ + ε), with g including λw.
///
/// m̂ = m / (1 − β₁ᵗ) and ŝ = s / (1 − β₂ᵗ) take out the bias of starting at zero.
/// Source: Kingma and Ba, "Adam: a method for stochastic optimization", 2015.
public struct Adam: Optimizer {
  static let parameters = [
    NamedParameter("beta1", default: 0.9, .from(0, below: 1), "share of the mean kept each step"),
    NamedParameter("beta2", default: 0.999, .from(0, below: 1), "share of the mean square kept each step"),
    NamedParameter("epsilon", default: 1e-8, .above(0, to: 1), "is added to the root"),
  ]

  // These are doubles, since 1 − β in Float would lose digits before it is rounded.
  /// β₁, in [0, 1).
  public let beta1: Double
  /// β₂, in [0, 1).
  public let beta2: Double
  /// ε, above 0.
  public let epsilon: Double

  /// Makes the rule.
  public init(beta1: Double = 0.9, beta2: Double = 0.999, epsilon: Double = 1e-8) {
    self.beta1 = beta1
    self.beta2 = beta2
    self.epsilon = epsilon
  }

  /// The vectors that the rule remembers between steps.
  public var stateNames: [String] { ["mean", "square"] }

  /// Steps each element of the block by the formula.
  public func update(_ block: ParameterBlock, learningRate: Float, step: Int) {
    update(block, learningRate: learningRate, step: step, decay: block.weightDecay, shrink: 1)
  }

  /// The update with both kinds of decay: `decay`·w joins the gradient, `shrink` is a factor on w itself.
  @inline(__always)
  package func update(_ block: ParameterBlock, learningRate: Float, step: Int, decay: Float, shrink: Float) {
    let (w, g, m, s) = (block.parameters, block.gradient, block.state(0), block.state(1))
    let (keepMean, takeMean) = (Float(beta1), Float(1 - beta1))
    let (keepSquare, takeSquare) = (Float(beta2), Float(1 - beta2))
    let epsilon = Float(epsilon)
    let rate = Float(Double(learningRate) / (1 - pow(beta1, Double(step))))
    let inverseRoot = Float(1 / (1 - pow(beta2, Double(step))).squareRoot())
    for i in 0..<block.count {
      let gradient = g[i] + decay * w[i]
      let mean = keepMean * m[i] + takeMean * gradient
      let square = keepSquare * s[i] + takeSquare * (gradient * gradient)
      m[i] = mean
      s[i] = square
      w[i] = shrink * w[i] - rate * mean / (squareRoot(square) * inverseRoot + epsilon)
    }
  }
}
