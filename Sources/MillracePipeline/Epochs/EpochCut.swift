/// How the samples of an epoch are cut into minibatches: all of one size, but for the last.
///
/// The last has the rest. One that is tiny beside the others may join the minibatch before it: a step by two or three
/// samples says little, and what it says counts as much as any other's.
public struct EpochCut: Sendable, Hashable {
  /// Samples an epoch.
  public let sampleCount: Int
  /// Samples of a full minibatch, at least 1.
  public let batchSize: Int
  /// A rest of fewer samples joins the minibatch before it; 0: none does.
  public let leastRest: Int

  /// Cuts an epoch.
  public init(sampleCount: Int, batchSize: Int, leastRest: Int = 0) {
    precondition(batchSize >= 1, "a batch size is at least 1, got \(batchSize)")
    self.sampleCount = sampleCount
    self.batchSize = batchSize
    self.leastRest = leastRest
  }

  /// Minibatches an epoch.
  public var stepsPerEpoch: Int {
    sampleCount / batchSize + (rest > 0 && !joinsRest ? 1 : 0)
  }

  /// The most samples of a minibatch: at least 1.
  public var capacity: Int { joinsRest ? batchSize + rest : max(1, min(batchSize, sampleCount)) }

  /// The samples of a minibatch, by their places in the epoch's order.
  public func samples(ofMinibatch index: Int) -> Range<Int> {
    let first = index * batchSize
    return first..<(index == stepsPerEpoch - 1 ? sampleCount : first + batchSize)
  }

  private var rest: Int { sampleCount % batchSize }
  private var joinsRest: Bool { rest > 0 && rest < leastRest && sampleCount > batchSize }
}
