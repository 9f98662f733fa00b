package import MillraceNetwork
package import MillracePipeline
import MillraceShards
import MillraceThreads

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// A model's weights and the memory of its passes, ready for one minibatch after another.
package struct PreparedInference {
  private let inference: ShardedInference
  private let loss: LossKind
  /// The weights of each network.
  private let members: [FlatVector]
  /// Where the mean of what several networks say, or what was calibrated, is put; nil where neither is.
  private let answers: FlatVector?
  private let temperature: Double
  /// The features of all networks, those of a sample one network after another; nil where they are not wanted.
  private let features: FlatVector?

  /// - Parameters:
  ///   - model: Whose weights.
  ///   - capacity: The most rows of a minibatch. It changes no bit: a minibatch is cut into two shards, of whatever
  ///     size it is; of a single image one of them is empty.
  ///   - team: Who computes. It must outlive this.
  ///   - precision: What the operands of products are; nil: what they were in the model's training.
  ///   - keepsFeatures: Whether ``features(ofRow:)`` are wanted.
  init(
    _ model: Model, capacity: Int, team: WorkerTeam, precision: ProductPrecision? = nil,
    keepsFeatures: Bool = false
  ) {
    inference = ShardedInference(
      network: Network(model.network, kernel: precision?.kernel), capacity: capacity,
      plan: ShardPlan(count: 2), team: team, keepsFeatures: keepsFeatures)
    features = keepsFeatures ? FlatVector(count: capacity * model.featureCount) : nil
    loss = model.network.loss
    members = model.members.map { FlatVector($0) }
    temperature = model.temperature
    answers =
      members.count > 1 || temperature != 1
      ? FlatVector(count: capacity * model.network.outputCount) : nil
  }

  /// Runs every network over a minibatch.
  ///
  /// - Returns: The loss, where `labelled`, and (rows, classes), what a user reads, valid until the next run. Of several
  ///   networks the rows are the mean of theirs, added up in their order, and calibrated where the model is. Their
  ///   cross-entropy is that of the rows; any other loss is the mean of theirs.
  package func run(_ minibatch: Minibatch, labelled: Bool) throws -> (loss: LossSum, predictions: Matrix) {
    var sum = try inference.run(minibatch, parameters: members[0].base, labelled: labelled)
    keepFeatures(ofMember: 0)
    let first = inference.predictions()
    guard let answers else { return (sum, first) }
    let predictions = Matrix(base: answers.base, rows: first.rows, columns: first.columns)
    let count = predictions.rows * predictions.columns
    predictions.base.update(from: first.base, count: count)
    for (number, member) in members.enumerated().dropFirst() {
      sum += try inference.run(minibatch, parameters: member.base, labelled: labelled)
      keepFeatures(ofMember: number)
      let next = inference.predictions()
      for i in 0..<count { predictions.base[i] += next.base[i] }
    }
    for i in 0..<count { predictions.base[i] /= Float(members.count) }
    if temperature != 1 {
      for row in 0..<predictions.rows {
        Temperature.apply(
          temperature, to: UnsafeMutableBufferPointer(start: predictions.row(row), count: predictions.columns)
        )
      }
    }
    guard labelled else { return (LossSum(), predictions) }
    sum.loss /= Double(members.count)
    sum.count = predictions.rows
    if loss == .crossEntropy { sum.loss = 0 }
    sum.correct = 0
    for row in 0..<predictions.rows {
      let (scores, label) = (predictions.row(row), Int(minibatch.labels[row]))
      if largest(of: scores, count: predictions.columns) == label { sum.correct += 1 }
      if loss == .crossEntropy { sum.loss += crossEntropy(ofProbability: scores[label]) }
    }
    return (sum, predictions)
  }

  /// The features of a row of the last run, `Model/featureCount` of them; nil unless they are kept.
  package func features(ofRow row: Int) -> UnsafeBufferPointer<Float>? {
    guard let features, let columns = inference.features?.columns else { return nil }
    let count = columns * members.count
    return UnsafeBufferPointer(start: features.base + row * count, count: count)
  }

  private func keepFeatures(ofMember number: Int) {
    guard let features, let own = inference.features else { return }
    for row in 0..<own.rows {
      (features.base + (row * members.count + number) * own.columns).update(
        from: own.row(row), count: own.columns)
    }
  }
}

/// What a probability costs that was given to an image's own class; one of zero is taken for the least that there is.
package func crossEntropy(ofProbability probability: Float) -> Double {
  -log(max(Double(probability), Double(Float.leastNormalMagnitude)))
}
