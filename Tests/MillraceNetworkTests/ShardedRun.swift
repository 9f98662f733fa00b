@testable import MillraceNetwork

/// A minibatch cut into shards, each with a pass of its own, whose sums are added between the stages.
struct ShardedRun {
  let outputs: [Float]
  let loss: Double
  /// The sum of the gradients over the shards.
  let gradient: [Float]

  /// Carries out a training pass of a network.
  ///
  /// - Parameters:
  ///   - features: (rows, inputCount).
  ///   - labels: One for each row.
  ///   - shards: The number of rows of each shard, adding up to all rows.
  init(_ network: Network, parameters: [Float], features: [Float], labels: [Int32], shards: [Int]) {
    let rows = labels.count
    let columns = network.inputCount
    let passes = shards.map { NetworkPass(network: network, capacity: max(1, $0), training: true) }
    let input = Buffer(features)
    defer { withExtendedLifetime(input) {} }
    var outputs: [Float] = []
    var loss = LossSum()
    var gradient = [Float](repeating: 0, count: network.parameterCount)
    labels.withUnsafeBufferPointer { labels in
      var first = 0
      for (pass, count) in zip(passes, shards) {
        pass.begin(
          NetworkPass.Shard(
            input: Matrix(base: input.matrix.base + first * columns, rows: count, columns: columns),
            targets: .classes(labels.baseAddress! + first), minibatchCount: rows, isTraining: true))
        first += count
      }
      let last = network.stageCount - 1
      var sums = [Double](repeating: 0, count: max(1, network.largestSumCount))
      func meet(beforeStage stage: Int, isBackward: Bool) {
        var total = [Double](repeating: 0, count: sums.count)
        for pass in passes {
          pass.sum(beforeStage: stage, isBackward: isBackward, parameters: parameters, into: &sums)
          for i in total.indices { total[i] += sums[i] }
        }
        sums = total
      }
      for pass in passes { pass.writeProductsAhead(parameters: parameters) }
      for stage in 0...last {
        if stage > 0 { meet(beforeStage: stage, isBackward: false) }
        for pass in passes { pass.forward(stage: stage, parameters: parameters, sums: sums) }
      }
      for pass in passes {
        outputs += pass.outputs.values
        loss += pass.evaluateLoss(scale: 1 / Float(rows))
      }
      var gradients = passes.map { _ in [Float](repeating: .nan, count: network.parameterCount) }
      for stage in stride(from: last, through: 0, by: -1) {
        if stage < last { meet(beforeStage: stage + 1, isBackward: true) }
        for (shard, pass) in passes.enumerated() {
          pass.backward(stage: stage, parameters: parameters, sums: sums, into: &gradients[shard])
        }
      }
      for part in gradients { for i in gradient.indices { gradient[i] += part[i] } }
    }
    self.outputs = outputs
    self.loss = loss.loss
    self.gradient = gradient
  }
}
