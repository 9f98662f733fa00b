import MillraceVectors

/// Softmax followed by cross-entropy: −Σ t · log softmax(s), whose gradient is softmax(s) − t.
///
/// Source: Goodfellow, Bengio, Courville, "Deep Learning", 2016, section 6.2.2.3.
struct SoftmaxCrossEntropy: Loss {
  func replaceWithGradient(
    _ outputs: UnsafeMutablePointer<Float>, target: UnsafePointer<Float>, count: Int
  ) -> Double {
    // −Σ t · (s − log Σ eˢ) from the logits themselves, for a softmax may round to zero.
    let (largest, total) = exponentials(of: outputs, count: count, keeping: false)
    let logTotal = logarithm(total) + largest
    var loss: Float = 0
    for i in 0..<count where target[i] != 0 { loss += target[i] * (logTotal - outputs[i]) }
    predict(outputs, count: count)
    for i in 0..<count { outputs[i] -= target[i] }
    return Double(loss)
  }

  func predict(_ outputs: UnsafeMutablePointer<Float>, count: Int) {
    let (_, total) = exponentials(of: outputs, count: count, keeping: true)
    for i in 0..<count { outputs[i] /= total }
  }

  /// The largest logit and Σ e^(s − largest); where `keeping`, the terms take the logits' place.
  private func exponentials(
    of logits: UnsafeMutablePointer<Float>, count: Int, keeping: Bool
  ) -> (largest: Float, total: Float) {
    let largest = logits[indexOfLargest(logits, count: count)]
    var total: Float = 0
    forEachLane(
      count,
      whole: { i in
        let terms = exponential(logits.lanes(at: i) - largest)
        total += terms.sum()
        if keeping { logits.store(terms, at: i) }
      },
      rest: { i in
        let term = exponential(Lanes(repeating: logits[i] - largest))[0]
        total += term
        if keeping { logits[i] = term }
      })
    return (largest, total)
  }
}

/// The index of the largest of `count` values, the first of equals.
func indexOfLargest(_ values: UnsafePointer<Float>, count: Int) -> Int {
  var best = 0
  for i in 1..<max(1, count) where values[i] > values[best] { best = i }
  return best
}
