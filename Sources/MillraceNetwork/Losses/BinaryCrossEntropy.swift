import MillraceVectors

/// A sigmoid for each output followed by cross-entropy, averaged over the outputs:
/// mean of log(1 + eˢ) − t·s, whose gradient is (sigmoid(s) − t) / outputs.
struct BinaryCrossEntropy: Loss {
  func replaceWithGradient(
    _ outputs: UnsafeMutablePointer<Float>, target: UnsafePointer<Float>, count: Int
  ) -> Double {
    var loss: Float = 0
    for i in 0..<count {
      let s = outputs[i]
      // log(1 + eˢ) without overflow.
      let rest = logarithmOfOnePlus(exponential(Lanes(repeating: -abs(s))))[0]
      loss += max(s, 0) - target[i] * s + rest
    }
    predict(outputs, count: count)
    for i in 0..<count { outputs[i] = (outputs[i] - target[i]) / Float(count) }
    return Double(loss) / Double(count)
  }

  func predict(_ outputs: UnsafeMutablePointer<Float>, count: Int) {
    Sigmoid.apply(outputs, to: outputs, count: count)
  }
}
