/// How the samples of an epoch are cut into minibatches: all of one size except the last.
///
/// The last minibatch has the remaining samples. Where these are very few they may join the minibatch before: a
/// step on two or three samples says little, but counts as much as any other.
package struct EpochCut: Sendable, Hashable {
  /// The samples of an epoch.
  package let sampleCount: Int
  /// The samples of a full minibatch, at least 1.
  package let batchSize: Int
  /// Fewer remaining samples than this join the minibatch before; 0: they never do.
  package let leastRest: Int

  /// Cuts an epoch.
  package init(sampleCount: Int, batchSize: Int, leastRest: Int = 0) {
    precondition(batchSize >= 1, "a batch size is at least 1, got \(batchSize)")
    self.sampleCount = sampleCount
    self.batchSize = batchSize
    self.leastRest = leastRest
  }

  /// The number of minibatches in an epoch.
  package var stepsPerEpoch: Int {
    sampleCount / batchSize + (rest > 0 && !joinsRest ? 1 : 0)
  }

  /// The largest number of samples in a minibatch: at least 1.
  package var capacity: Int { joinsRest ? batchSize + rest : max(1, min(batchSize, sampleCount)) }

  /// The samples of a minibatch, by their places in the epoch's order.
  package func samples(ofMinibatch index: Int) -> Range<Int> {
    let first = index * batchSize
    return first..<(index == stepsPerEpoch - 1 ? sampleCount : first + batchSize)
  }

  private var rest: Int { sampleCount % batchSize }
  private var joinsRest: Bool { rest > 0 && rest < leastRest && sampleCount > batchSize }
}
