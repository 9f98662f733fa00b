/// What a step adds to keep weights small: L2 through the gradient, L1 and elastic net as proximal steps.
///
/// The elastic net is λ·(r·‖w‖₁ + ½(1−r)·‖w‖₂²). Its proximal step, outside the optimiser's velocity, brings
/// weights to exactly zero: w ← soft(w, ηλ₁) / (1 + ηλ₂) with λ₁ = λr and λ₂ = λ(1−r).
/// Source: Zou and Hastie, "Regularization and variable selection via the elastic net", 2005; Parikh and Boyd,
/// "Proximal algorithms", 2014.
public struct WeightPenalty: Sendable, Hashable {
  /// λ of ½λ‖w‖², whose gradient λw joins the gradient.
  public var l2 = 0.0
  /// λ₁ of the proximal step.
  public var proximalL1 = 0.0
  /// λ₂ of the proximal step.
  public var proximalL2 = 0.0

  /// No penalty.
  public init() {}

  /// The proximal step at learning rate η.
  func shrink(_ weights: UnsafeMutablePointer<Float>, count: Int, learningRate: Float) {
    guard proximalL1 > 0 || proximalL2 > 0 else { return }
    let threshold = learningRate * Float(proximalL1)
    let divisor = 1 + learningRate * Float(proximalL2)
    for i in 0..<count {
      let size = max(0, abs(weights[i]) - threshold)
      weights[i] = (weights[i] < 0 ? -size : size) / divisor
    }
  }
}
