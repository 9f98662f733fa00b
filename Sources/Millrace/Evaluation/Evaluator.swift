import MillraceNetwork
public import MillracePipeline
import MillraceThreads

extension Model {
  /// Images that are run through the network at once. It is fixed, for sums depend on it to the last bit.
  static let evaluationBatchSize = 256

  /// Measures the model on a folder of images, a folder a class.
  ///
  /// - Parameters:
  ///   - data: The folder; its class folders must be the model's classes.
  ///   - topK: The largest k of ``Evaluation/topK``, at least 1; no more than there are classes counts.
  ///   - reading: What an image file may cost.
  ///   - execution: How it is carried out.
  /// - Throws: ``DatasetError`` where the folder is not a data set of the model's classes, or none of its images
  ///   can be read.
  public func evaluate(
    _ data: String, topK: Int = 5, reading: ReadingOptions = ReadingOptions(),
    execution: ExecutionOptions = ExecutionOptions()
  ) throws -> Evaluation {
    try evaluate(
      try Dataset.scan(data, minimumClasses: 1).labelled(by: classes), topK: topK, reading: reading,
      execution: execution)
  }

  /// Measures the model on a data set whose labels are the model's.
  public func evaluate(
    _ dataset: Dataset, topK: Int = 5, reading: ReadingOptions = ReadingOptions(),
    execution: ExecutionOptions = ExecutionOptions()
  ) throws -> Evaluation {
    var loss = LossSum()
    var confusion = ConfusionMatrix(classCount: classes.count)
    // hits[r]: samples whose own class came at rank r.
    var hits = [Int](repeating: 0, count: classes.count)
    var skipped: [SkippedSample] = []
    try forEachMinibatch(of: dataset, labelled: true, reading: reading, execution: execution) {
      minibatch, sum, predictions in
      loss += sum
      skipped += minibatch.skipped
      for row in 0..<predictions.rows {
        let actual = Int(minibatch.labels[row])
        let scores = predictions.row(row)
        confusion.add(actual: actual, predicted: largest(1, of: scores, count: classes.count)[0])
        hits[rank(of: actual, in: scores, count: classes.count)] += 1
      }
    }
    if loss.count == 0, let first = skipped.first {
      throw DatasetError.noReadableImage(first: "\(first.path): \(first.reason)")
    }
    let total = Double(max(1, loss.count))
    return Evaluation(
      count: loss.count, loss: loss.mean, accuracy: Double(hits[0]) / total,
      // That the class is among all of them says nothing.
      topK: (1...max(1, min(topK, classes.count - 1))).map { k in
        TopKAccuracy(k: k, accuracy: Double(hits.prefix(k).reduce(0, +)) / total)
      },
      classes: classes.enumerated().map { label, name in
        ClassReport(
          name: name, count: confusion.support(of: label), precision: confusion.precision(of: label),
          recall: confusion.recall(of: label), f1: confusion.f1(of: label))
      },
      confusion: confusion.rows, skipped: skipped)
  }

  /// Runs the model over a data set in order, without augmentation.
  func forEachMinibatch(
    of dataset: Dataset, labelled: Bool, reading: ReadingOptions, execution: ExecutionOptions,
    _ body: (_ minibatch: Minibatch, _ loss: LossSum, _ predictions: Matrix) throws -> Void
  ) throws {
    try execution.validate()
    try reading.validate()
    let team = try WorkerTeam(count: execution.resolvedWorkers, name: "worker")
    defer { team.shutdown() }
    let batchSize = min(Self.evaluationBatchSize, max(1, dataset.count))
    let inference = ShardedInference(
      network: Network(network), capacity: batchSize, plan: ShardPlan(count: min(2, batchSize)), team: team)
    let producer = try MinibatchProducer(
      dataset: dataset, loading: ImageLoading(preprocessing: preprocessing).reading(reading),
      shuffles: false,
      options: MinibatchProducer.Options(
        batchSize: batchSize, epochs: 0..<1, loaders: execution.resolvedLoaders, slots: execution.queue))
    defer { producer.stop() }
    let weights = FlatVector(parameters)
    while let minibatch = try producer.next() {
      defer { producer.release(minibatch) }
      let loss = try inference.run(minibatch, parameters: weights.base, labelled: labelled)
      try body(minibatch, loss, inference.predictions())
    }
  }
}
