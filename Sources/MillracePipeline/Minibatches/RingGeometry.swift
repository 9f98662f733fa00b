/// How samples are cut into minibatches, and these into chunks that loaders fill.
struct RingGeometry: Sendable, Hashable {
  /// Samples an epoch.
  let sampleCount: Int
  /// Rows of a full minibatch.
  let batchSize: Int
  /// Minibatches that may be under way at a time: being filled, waiting, or lent out.
  let slots: Int
  /// The most rows that a loader claims at a time.
  let chunkRows: Int
  /// The epochs to go through.
  let epochs: Range<Int>
  /// What of each minibatch is loaded here.
  var part = MinibatchPart.whole

  /// Minibatches an epoch; the last one may be smaller.
  var stepsPerEpoch: Int { (sampleCount + batchSize - 1) / batchSize }

  /// Rows of a minibatch, wherever they are loaded.
  func plannedRows(ofMinibatch index: Int) -> Int {
    min(batchSize, sampleCount - index * batchSize)
  }

  /// The rows of a minibatch that are loaded here.
  func rows(ofMinibatch index: Int) -> Range<Int> {
    part.rows(in: plannedRows(ofMinibatch: index))
  }
}
