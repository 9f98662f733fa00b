#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// Softmax followed by cross-entropy: −Σ t · log softmax(s).
///
/// The gradient with respect to the logits is softmax(s) − t. Source: Goodfellow, Bengio, Courville,
/// "Deep Learning", 2016, section 6.2.2.3.
public struct SoftmaxCrossEntropy: Loss {
  /// Makes the loss.
  public init() {}

  public func evaluate(
    _ outputs: Matrix, _ targets: Targets, gradient: Matrix?, scale: Float
  ) -> LossSum {
    let classes = outputs.columns
    var sum = LossSum()
    for row in 0..<outputs.rows {
      let logits = outputs.row(row)
      let guess = indexOfLargest(logits, count: classes)
      let largest = logits[guess]
      var total: Float = 0
      for i in 0..<classes {
        let e = expf(logits[i] - largest)
        total += e
        if let gradient { gradient.row(row)[i] = e }
      }
      let logTotal = logf(total)
      if let gradient {
        let g = gradient.row(row)
        for i in 0..<classes { g[i] *= scale / total }
      }
      switch targets {
      case .classes(let labels):
        let label = Int(labels[row])
        sum.loss += Double(logTotal - (logits[label] - largest))
        if let gradient { gradient.row(row)[label] -= scale }
        // A row of NaN has no largest value: it is not correct whatever its label.
        if guess == label && largest == largest { sum.correct += 1 }
      case .values(let values):
        let target = values + row * classes
        for i in 0..<classes where target[i] != 0 {
          sum.loss += Double(target[i] * (logTotal - (logits[i] - largest)))
          if let gradient { gradient.row(row)[i] -= scale * target[i] }
        }
        if guess == indexOfLargest(target, count: classes) && largest == largest { sum.correct += 1 }
      }
    }
    sum.count = outputs.rows
    return sum
  }

  /// The softmax of each row.
  public func predictions(_ outputs: Matrix) {
    for row in 0..<outputs.rows {
      let logits = outputs.row(row)
      let largest = logits[indexOfLargest(logits, count: outputs.columns)]
      var total: Float = 0
      for i in 0..<outputs.columns {
        logits[i] = expf(logits[i] - largest)
        total += logits[i]
      }
      for i in 0..<outputs.columns { logits[i] /= total }
    }
  }
}
