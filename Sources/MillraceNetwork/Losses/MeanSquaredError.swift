/// The squared error, averaged over the outputs: mean of (y − t)².
struct MeanSquaredError: Loss {
  func replaceWithGradient(
    _ outputs: UnsafeMutablePointer<Float>, target: UnsafePointer<Float>, count: Int
  ) -> Double {
    var loss: Float = 0
    for i in 0..<count {
      let difference = outputs[i] - target[i]
      loss += difference * difference
      outputs[i] = 2 * difference / Float(count)
    }
    return Double(loss) / Double(count)
  }
}
