extension NetworkPass {
  /// Runs all stages of a minibatch that is one shard.
  ///
  /// - Parameters:
  ///   - shard: The whole minibatch.
  ///   - parameters: The network's flat vector.
  ///   - gradient: As long; nil runs forward alone. Receives the gradient of the mean loss.
  /// - Returns: The loss of the rows.
  @discardableResult
  package func run(
    _ shard: Shard, parameters: UnsafePointer<Float>, gradient: UnsafeMutablePointer<Float>? = nil
  ) -> LossSum {
    begin(shard)
    let sums = UnsafeMutablePointer<Double>.allocate(capacity: max(1, network.largestSumCount))
    sums.initialize(repeating: 0, count: max(1, network.largestSumCount))
    defer { sums.deallocate() }
    writeProductsAhead(parameters: parameters)
    for stage in network.stages.indices {
      if stage > 0, shard.isTraining {
        sum(beforeStage: stage, isBackward: false, parameters: parameters, into: sums)
      }
      forward(stage: stage, parameters: parameters, sums: sums)
    }
    let loss = evaluateLoss(scale: 1 / Float(max(1, shard.minibatchCount)))
    guard let gradient else { return loss }
    for stage in network.stages.indices.reversed() {
      if stage + 1 < network.stageCount {
        sum(beforeStage: stage + 1, isBackward: true, parameters: parameters, into: sums)
      }
      backward(stage: stage, parameters: parameters, sums: sums, into: gradient)
    }
    return loss
  }

  /// Runs one stage backward.
  ///
  /// - Parameter gradient: As long as the parameters. Each stage writes its layers' slices.
  func backward(
    stage: Int, parameters: UnsafePointer<Float>, sums: UnsafePointer<Double>,
    into gradient: UnsafeMutablePointer<Float>
  ) {
    for layer in network.backwardLayers(ofStage: stage) {
      let rest = network.parameters.first { $0.layer == layer && !$0.isMatrix }
      backward(
        layer: layer, parameters: parameters, sums: sums, into: gradient + (rest?.range.lowerBound ?? 0))
      for rows in network.weightRows where rows.layer == layer {
        writeWeightGradient(rows, into: gradient + rows.elements.lowerBound)
      }
    }
  }
}
