/// The proximal step of L1 and the elastic net, which brings weights to exactly zero.
///
/// w ← soft(w, ηλ₁) / (1 + ηλ₂), taken after the optimiser's step and outside its velocity.
/// Source: Parikh and Boyd, "Proximal algorithms", 2014.
struct ProximalStep {
  /// λ₁ of λ₁‖w‖₁.
  let l1: Double
  /// λ₂ of ½λ₂‖w‖².
  let l2: Double

  /// Shrinks some weights at learning rate η.
  func shrink(_ weights: UnsafeMutablePointer<Float>, count: Int, learningRate: Float) {
    let threshold = learningRate * Float(l1)
    let divisor = 1 + learningRate * Float(l2)
    for i in 0..<count {
      let size = max(0, abs(weights[i]) - threshold)
      weights[i] = (weights[i] < 0 ? -size : size) / divisor
    }
  }
}
