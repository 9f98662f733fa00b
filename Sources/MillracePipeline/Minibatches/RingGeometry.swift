/// The minibatches of a run, and the chunks of rows in which loaders fill them.
struct RingGeometry: Sendable, Hashable {
  /// How an epoch is cut into minibatches.
  let cut: EpochCut
  /// The number of minibatches that may be under way at a time: being filled, waiting, or lent out.
  let slots: Int
  /// The largest number of rows that a loader claims at a time.
  let chunkRows: Int
  /// The epochs to go through.
  let epochs: Range<Int>
  /// The part of each minibatch that is loaded here.
  var part = MinibatchPart.whole

  /// The number of minibatches in an epoch.
  var stepsPerEpoch: Int { cut.stepsPerEpoch }

  /// The largest number of rows of a minibatch that are loaded here: at least 1.
  var capacity: Int { max(1, part.capacity(for: cut.capacity)) }

  /// The rows of a minibatch that are loaded here.
  func rows(ofMinibatch index: Int) -> Range<Int> {
    part.rows(in: cut.samples(ofMinibatch: index).count)
  }
}
