/// The minibatches of a run, and the chunks of them that loaders fill.
struct RingGeometry: Sendable, Hashable {
  /// How an epoch is cut into minibatches.
  let cut: EpochCut
  /// Minibatches that may be under way at a time: being filled, waiting, or lent out.
  let slots: Int
  /// The most rows that a loader claims at a time.
  let chunkRows: Int
  /// The epochs to go through.
  let epochs: Range<Int>
  /// What of each minibatch is loaded here.
  var part = MinibatchPart.whole

  /// Minibatches an epoch.
  var stepsPerEpoch: Int { cut.stepsPerEpoch }

  /// The most rows of a minibatch that are loaded here: at least 1.
  var capacity: Int { max(1, part.capacity(for: cut.capacity)) }

  /// The rows of a minibatch that are loaded here.
  func rows(ofMinibatch index: Int) -> Range<Int> {
    part.rows(in: cut.samples(ofMinibatch: index).count)
  }
}
