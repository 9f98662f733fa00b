import Millrace

/// Each class against all others: Σ max(0, 1 − t·s)², t being 1 for the true class and −1 for the others.
///
/// Source: Tang, "Deep learning using linear support vector machines", 2013.
struct SquaredHinge: Loss {
  func replaceWithGradient(
    _ outputs: UnsafeMutablePointer<Float>, target: UnsafePointer<Float>, count: Int
  ) -> Double {
    var loss = 0.0
    for i in 0..<count {
      let sign = 2 * target[i] - 1
      let missing = max(0, 1 - sign * outputs[i])
      loss += Double(missing * missing)
      outputs[i] = -2 * sign * missing
    }
    return loss
  }
}
