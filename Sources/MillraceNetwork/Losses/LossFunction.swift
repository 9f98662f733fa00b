/// A loss with all that it is used with: label smoothing, class weights and the weights of single rows.
public struct LossFunction: Sendable {
  private let loss: any Loss
  private let columns: Int
  private let smoothing: Float
  private let classWeights: [Float]

  /// Puts a loss together.
  ///
  /// - Parameters:
  ///   - loss: The loss.
  ///   - outputs: The columns of the last layer.
  ///   - labelSmoothing: ε: the true class gets 1 − ε + ε/C, the others ε/C.
  ///   - classWeights: The factor of each class's samples; empty: 1.
  init(_ loss: any Loss, outputs: Int, labelSmoothing: Float, classWeights: [Float]) {
    precondition(
      classWeights.isEmpty || classWeights.count == outputs, "class weights need one for each class")
    self.loss = loss
    columns = outputs
    smoothing = labelSmoothing
    self.classWeights = classWeights
  }

  /// Sums the loss over some rows and writes its gradient.
  ///
  /// - Parameters:
  ///   - outputs: (rows, outputs) of the last layer.
  ///   - targets: One a row.
  ///   - weights: The factor of each row's loss, and so of its gradient; nil: 1.
  ///   - gradient: (rows, outputs); receives `scale` × the gradient of each row's loss.
  ///   - scale: Usually 1 / the minibatch's count.
  ///   - isTraining: Whether label smoothing and all weights apply.
  public func evaluate(
    _ outputs: Matrix, _ targets: Targets, weights: UnsafePointer<Float>? = nil, gradient: Matrix,
    scale: Float,
    isTraining: Bool
  ) -> LossSum {
    var sum = LossSum()
    withUnsafeTemporaryAllocation(of: Float.self, capacity: columns) { target in
      for row in 0..<outputs.rows {
        var weight = fill(target.baseAddress!, targets, row: row, isTraining: isTraining)
        if isTraining, let weights { weight *= weights[row] }
        let s = outputs.row(row)
        let guess = indexOfLargest(s, count: columns)
        // A row of NaN has no largest value: it is not correct whatever its label.
        let isCorrect =
          s[guess] == s[guess] && target[guess] == target[indexOfLargest(target.baseAddress!, count: columns)]
        if columns > 1 && isCorrect { sum.correct += 1 }
        let g = gradient.row(row)
        g.update(from: s, count: columns)
        sum.loss += Double(weight) * loss.replaceWithGradient(g, target: target.baseAddress!, count: columns)
        let factor = scale * weight
        for i in 0..<columns { g[i] *= factor }
      }
    }
    sum.count = outputs.rows
    return sum
  }

  /// Turns outputs into what a user reads: probabilities for a classifier. In place.
  public func predict(_ outputs: Matrix) {
    for row in 0..<outputs.rows { loss.predict(outputs.row(row), count: columns) }
  }

  /// Writes a row's target values and returns the weight of its class.
  private func fill(
    _ target: UnsafeMutablePointer<Float>, _ targets: Targets, row: Int, isTraining: Bool
  ) -> Float {
    let smoothing = isTraining ? smoothing : 0
    switch targets {
    case .classes(let labels):
      target.update(repeating: smoothing / Float(columns), count: columns)
      let label = Int(labels[row])
      target[label] += 1 - smoothing
      return isTraining && !classWeights.isEmpty ? classWeights[label] : 1
    case .values(let values):
      target.update(from: values + row * columns, count: columns)
      var weight: Float = 1
      if isTraining && !classWeights.isEmpty {
        weight = 0
        for i in 0..<columns { weight += classWeights[i] * target[i] }
      }
      if smoothing > 0 {
        for i in 0..<columns { target[i] = (1 - smoothing) * target[i] + smoothing / Float(columns) }
      }
      return weight
    }
  }
}
