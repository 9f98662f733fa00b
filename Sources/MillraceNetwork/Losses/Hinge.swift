/// The multi-class hinge: Σ over i ≠ y of max(0, 1 − s_y + s_i), not divided by the classes.
///
/// For a soft target it is the mixture Σ t_y · hinge_y.
/// Source: Weston and Watkins, "Support vector machines for multi-class pattern recognition", 1999.
struct Hinge: Loss {
  func replaceWithGradient(
    _ outputs: UnsafeMutablePointer<Float>, target: UnsafePointer<Float>, count: Int
  ) -> Double {
    withUnsafeTemporaryAllocation(of: Float.self, capacity: count) { gradient in
      gradient.initialize(repeating: 0)
      var loss: Float = 0
      for label in 0..<count where target[label] != 0 {
        for i in 0..<count where i != label {
          let margin = 1 - outputs[label] + outputs[i]
          // Not `margin > 0`: NaN must be seen.
          if !(margin <= 0) {
            loss += target[label] * margin
            gradient[i] += target[label]
            gradient[label] -= target[label]
          }
        }
      }
      for i in 0..<count { outputs[i] = gradient[i] }
      return Double(loss)
    }
  }
}
