import MillraceShards

/// What a rank says of itself before each minibatch.
struct RollCallEntry: BitwiseCopyable {
  /// The number of rows of its part that can be used.
  var rows = 0
  /// The number of samples that could not be loaded.
  var skipped = 0
  /// The number of samples that were loaded with warnings.
  var warned = 0
  /// The nanoseconds that the rank has waited for other ranks since it began.
  var waited: UInt64 = 0
  /// The rank's clock, in nanoseconds.
  var time: UInt64 = 0
  var signal: Int32 = 0
  var hasFailed = false
  /// Whether the rank's part was ready when it was asked for ahead of time.
  var isReady = false
  var savesCheckpoint = false
}

/// What all ranks know after a roll call.
struct Roll {
  /// The entries, by rank.
  let entries: [RollCallEntry]

  /// The rows of the whole minibatch.
  var rows: Int { entries.reduce(0) { $0 + $1.rows } }
  /// Whether a rank has more than numbers to report about its samples.
  var hasFindings: Bool { entries.contains { $0.skipped + $0.warned > 0 } }
  /// The signal for which all ranks stop; 0 for none.
  var signal: Int32 { entries.first { $0.signal != 0 }?.signal ?? 0 }
  /// Whether all ranks save a checkpoint after the step that follows: rank 0 decides.
  var savesCheckpoint: Bool { entries[0].savesCheckpoint }
}

/// The roll calls of one source of minibatches. One comes before each minibatch: either when the minibatch is
/// asked for, or ahead of that, while the step before it is under way.
///
/// Each source has its own roll calls, so those of another source may come in between.
final class RollCall {
  private enum State {
    /// No rank has said anything about the next minibatch.
    case open
    /// The entries of all ranks are on their way: they are complete once every gather that was begun is.
    case begun
  }

  private let ranks: Ranks
  private var state = State.open
  /// The entries, by rank; other ranks write into them while a call is under way.
  private let entries: UnsafeMutablePointer<RollCallEntry>

  init(_ ranks: Ranks) {
    self.ranks = ranks
    entries = .allocate(capacity: ranks.count)
    entries.initialize(repeating: RollCallEntry(), count: ranks.count)
  }

  deinit { entries.deallocate() }

  /// Begins the call of a minibatch while the step of the one before is under way: it is complete after
  /// `ProcessGroup.finishGathering()`, so a thread that waits for losses waits for both.
  ///
  /// - Parameter entry: This rank's entry; nil where its part is not ready yet.
  func begin(_ entry: RollCallEntry?) throws {
    guard case .open = state else {
      preconditionFailure("a roll call was begun before the one under way was ended")
    }
    entries[ranks.rank] = ranks.complete(entry ?? RollCallEntry())
    entries[ranks.rank].isReady = entry != nil
    try ranks.group.beginExchange(entries, runs: (0..<ranks.count).map { $0..<$0 + 1 })
    state = .begun
  }

  /// Ends the call of a minibatch: the call that was begun, if every rank was ready then, or else a new one.
  ///
  /// - Parameters:
  ///   - entry: This rank's entry.
  ///   - failure: Why this rank has no part; it ends the run on all ranks.
  func end(_ entry: RollCallEntry, failure: (any Error)?) throws -> Roll {
    if case .begun = state {
      state = .open
      let roll = Roll(entries: (0..<ranks.count).map { entries[$0] })
      if roll.entries.allSatisfy(\.isReady) {
        ranks.take(roll)
        return roll
      }
    }
    var entry = ranks.complete(entry)
    entry.hasFailed = failure != nil
    let roll = Roll(entries: try ranks.group.exchange(entry))
    if roll.entries.contains(where: \.hasFailed) { try ranks.fail(with: failure) }
    ranks.take(roll)
    return roll
  }
}
