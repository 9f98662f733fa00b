/// Minibatches of samples in memory. ``next()`` copies them; there are no threads.
public final class ArrayMinibatchSource: MinibatchSource {
  private let features: [Float]
  private let labels: [Int32]?
  private let targets: [Float]?
  private let order: EpochOrder
  private let geometry: RingGeometry
  private let minibatch: Minibatch
  private var position: MinibatchPosition
  private var samples: [Int32] = []
  private var isLent = false

  /// Makes a source.
  ///
  /// - Parameters:
  ///   - features: (count, featureCount), row-major.
  ///   - featureCount: The values of a row.
  ///   - labels: The class of each row, or nil.
  ///   - targets: (count, targets a row), row-major, or nil.
  ///   - batchSize: The rows of a minibatch; the last of an epoch may have fewer, or more.
  ///   - leastRest: See `EpochCut/leastRest`.
  ///   - epochs: The epochs to go through.
  ///   - seed: The seed of each epoch's shuffle; nil keeps the order of the rows.
  ///   - part: The part of each minibatch that is wanted.
  public init(
    features: [Float], featureCount: Int, labels: [Int32]? = nil, targets: [Float]? = nil, batchSize: Int,
    leastRest: Int = 0, epochs: Range<Int>, seed: UInt64? = nil, part: MinibatchPart = .whole
  ) {
    precondition(
      featureCount >= 1 && features.count.isMultiple(of: featureCount),
      "\(features.count) values are not a whole number of rows of \(featureCount)")
    let count = features.count / featureCount
    precondition(labels.map { $0.count == count } ?? true, "\(count) rows need as many labels")
    precondition(
      targets.map { count > 0 && $0.count.isMultiple(of: count) } ?? true,
      "\(count) rows need the same number of targets each")
    self.features = features
    self.labels = labels
    self.targets = targets
    order = seed.map { .shuffled(count: count, seed: $0) } ?? .sequential(count: count)
    geometry = RingGeometry(
      cut: EpochCut(sampleCount: count, batchSize: batchSize, leastRest: leastRest), slots: 1,
      chunkRows: batchSize, epochs: epochs, part: part)
    minibatch = Minibatch(
      capacity: geometry.capacity, featureCount: featureCount,
      targetCount: targets.map { $0.count / count } ?? 0)
    position = MinibatchPosition(epoch: epochs.lowerBound)
  }

  /// Lends the next minibatch; nil after the last one. The previous one must have been released.
  public func next() -> Minibatch? {
    precondition(!isLent, "the previous minibatch must be released first")
    guard position.epoch < geometry.epochs.upperBound, geometry.cut.sampleCount > 0 else { return nil }
    if position.minibatch == 0 { samples = order.samples(epoch: position.epoch) }
    isLent = true
    minibatch.epoch = position.epoch
    minibatch.index = position.minibatch
    minibatch.stepsPerEpoch = geometry.stepsPerEpoch
    let rows = geometry.rows(ofMinibatch: position.minibatch)
    minibatch.count = rows.count
    minibatch.totalCount = rows.count
    let planned = geometry.cut.samples(ofMinibatch: position.minibatch)
    minibatch.plannedCount = planned.count
    minibatch.plannedRows = rows
    for (row, place) in rows.enumerated() {
      copy(Int(samples[planned.lowerBound + place]), to: row)
      minibatch.places[row] = Int32(place)
    }
    position.minibatch += 1
    if position.minibatch == geometry.stepsPerEpoch {
      position = MinibatchPosition(epoch: position.epoch + 1)
    }
    return minibatch
  }

  /// Takes the minibatch back.
  public func release(_ minibatch: Minibatch) {
    precondition(isLent && minibatch === self.minibatch, "a minibatch was released that is not lent out")
    isLent = false
  }

  private func copy(_ sample: Int, to row: Int) {
    minibatch.samples[row] = Int32(sample)
    let destination = minibatch.row(row)
    destination.label.pointee = labels?[sample] ?? -1
    copy(features, sample, minibatch.featureCount, to: destination.features)
    if let targets, let target = destination.targets {
      copy(targets, sample, minibatch.targetCount, to: target)
    }
  }

  private func copy(_ values: [Float], _ sample: Int, _ count: Int, to row: UnsafeMutablePointer<Float>) {
    values.withUnsafeBufferPointer { values in
      // There is a sample, so the array is not empty and has a base address.
      row.update(from: values.baseAddress! + sample * count, count: count)
    }
  }
}
