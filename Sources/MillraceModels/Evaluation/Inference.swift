package import MillraceNetwork
package import MillracePipeline
import MillraceThreads

/// What became of one image.
package enum InferenceOutcome {
  /// The class probabilities of a sample, or what else its outputs are read as, and its features where they are kept;
  /// borrowed for the call.
  case scored(
    sample: Int, label: Int, scores: UnsafePointer<Float>, features: UnsafeBufferPointer<Float>? = nil)
  /// It could not be used.
  case skipped(SkippedSample)
}

extension Model {
  /// Images that are run through the network at once. It is fixed, for sums depend on it to the last bit.
  package static let evaluationBatchSize = 256

  /// Runs the model over a data set; outcomes come in the order of its samples.
  ///
  /// - Parameter cache: Where images may be that were decoded before, in the form that the model takes; nil: nowhere.
  /// - Returns: The loss, where `labelled`; under test-time augmentation that of the averaged probabilities for
  ///   cross-entropy, and the mean over the variants for other losses.
  package func forEachOutcome(
    of dataset: Dataset, labelled: Bool, options: InferenceOptions, cache: ImageCache? = nil,
    _ body: (InferenceOutcome) throws -> Void
  ) throws -> LossSum {
    try options.validate()
    let team = try WorkerTeam(count: options.execution.resolvedWorkers, name: "worker")
    defer { team.shutdown() }
    return try forEachOutcome(
      of: dataset, labelled: labelled, options: options,
      with: PreparedInference(
        self, capacity: Self.batchSize(for: dataset), team: team, precision: options.precision,
        keepsFeatures: options.givesFeatures),
      cache: cache, body)
  }

  private static func batchSize(for dataset: Dataset) -> Int {
    min(evaluationBatchSize, max(1, dataset.count))
  }

  /// Runs the model over a data set with what was prepared for minibatches of its size or larger.
  package func forEachOutcome(
    of dataset: Dataset, labelled: Bool, options: InferenceOptions, with prepared: PreparedInference,
    cache: ImageCache? = nil, _ body: (InferenceOutcome) throws -> Void
  ) throws -> LossSum {
    let batchSize = Self.batchSize(for: dataset)
    let variants = options.testTimeAugmentation
    let loading = ImageLoading(
      preprocessing: preprocessing, policy: variants?.policy ?? .none, purpose: .testTime,
      seed: variants?.seed ?? 0
    ).reading(options.reading)
    // Who sees each image once need not keep it.
    let memory = (variants?.passes ?? 1) > 1 ? try options.execution.cacheMemory() : nil
    let producer = try MinibatchProducer(
      dataset: dataset, loading: loading, shuffles: false,
      cache: memory.map { ImageCache(dataset: dataset, form: loading.canonicalForm, memory: $0) } ?? cache,
      options: MinibatchProducer.Options(
        batchSize: batchSize, epochs: 0..<(variants?.passes ?? 1), loaders: options.execution.resolvedLoaders,
        slots: options.execution.queue))
    defer { producer.stop() }

    var average = variants.map { _ in AveragedScores(samples: dataset.count, columns: network.outputCount) }
    var loss = LossSum()
    while let minibatch = try producer.next() {
      defer { producer.release(minibatch) }
      let (minibatchLoss, predictions) = try prepared.run(minibatch, labelled: labelled)
      loss += minibatchLoss
      if average != nil {
        average?.add(predictions, of: minibatch)
      } else {
        try tell(minibatch, predictions, prepared, body)
      }
    }
    guard let average else { return loss }
    let averagedLoss = try average.forEach(of: dataset, body)
    if network.loss == .crossEntropy { return labelled ? averagedLoss : LossSum() }
    guard labelled, let meanLoss = loss.mean else { return LossSum() }
    var mean = averagedLoss
    mean.loss = meanLoss * Double(averagedLoss.count)
    return mean
  }

  /// Tells what became of a minibatch's samples, those left out in their places.
  private func tell(
    _ minibatch: Minibatch, _ predictions: Matrix, _ prepared: PreparedInference,
    _ body: (InferenceOutcome) throws -> Void
  ) throws {
    var skipped = minibatch.skipped[...]
    for row in 0..<predictions.rows {
      let sample = Int(minibatch.samples[row])
      while let first = skipped.first, first.sample < sample { try body(.skipped(skipped.removeFirst())) }
      try body(
        .scored(
          sample: sample, label: Int(minibatch.labels[row]), scores: UnsafePointer(predictions.row(row)),
          features: prepared.features(ofRow: row)))
    }
    for last in skipped { try body(.skipped(last)) }
  }
}

/// The mean of each sample's scores over several passes.
private struct AveragedScores {
  let columns: Int
  private var sums: [Float]
  private var passes: [Int]
  private var skipped: [Int: SkippedSample] = [:]

  init(samples: Int, columns: Int) {
    self.columns = columns
    sums = Array(repeating: 0, count: samples * columns)
    passes = Array(repeating: 0, count: samples)
  }

  mutating func add(_ scores: Matrix, of minibatch: Minibatch) {
    for row in 0..<scores.rows {
      let sample = Int(minibatch.samples[row])
      passes[sample] += 1
      for i in 0..<columns { sums[sample * columns + i] += scores.row(row)[i] }
    }
    for bad in minibatch.skipped { skipped[bad.sample] = bad }
  }

  /// Tells each sample's mean; returns the negative log of what each gave to its own class.
  func forEach(of dataset: Dataset, _ body: (InferenceOutcome) throws -> Void) throws -> LossSum {
    var loss = LossSum()
    var mean = [Float](repeating: 0, count: columns)
    for sample in passes.indices {
      guard passes[sample] > 0 else {
        if let bad = skipped[sample] { try body(.skipped(bad)) }
        continue
      }
      for i in 0..<columns { mean[i] = sums[sample * columns + i] / Float(passes[sample]) }
      let label = dataset.label(of: sample)
      loss.count += 1
      if label >= 0 { loss.loss += crossEntropy(ofProbability: mean[label]) }
      try mean.withUnsafeBufferPointer { scores in
        // There is a class, so there is a base address.
        try body(.scored(sample: sample, label: label, scores: scores.baseAddress!))
      }
    }
    return loss
  }
}
