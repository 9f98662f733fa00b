/// What a rank says of itself before each minibatch.
struct RollCallEntry: BitwiseCopyable {
  /// Rows of its part that can be used.
  var rows = 0
  /// Samples that could not be loaded.
  var skipped = 0
  /// Samples that were loaded with warnings.
  var warned = 0
  /// Nanoseconds that it has waited for other ranks since it began.
  var waited: UInt64 = 0
  /// Its clock, in nanoseconds.
  var time: UInt64 = 0
  var signal: Int32 = 0
  var hasFailed = false
  /// Whether its part was there when it was asked ahead of time.
  var isReady = false
  var savesCheckpoint = false
}

/// What all ranks know after a roll call.
struct Roll {
  /// By rank.
  let entries: [RollCallEntry]

  /// The rows of the whole minibatch.
  var rows: Int { entries.reduce(0) { $0 + $1.rows } }
  /// Whether a rank has more to tell of its samples than numbers.
  var hasFindings: Bool { entries.contains { $0.skipped + $0.warned > 0 } }
  /// The signal for which all stop; 0 for none.
  var signal: Int32 { entries.first { $0.signal != 0 }?.signal ?? 0 }
  /// Whether all save a checkpoint after the step that follows: rank 0 says so.
  var savesCheckpoint: Bool { entries[0].savesCheckpoint }
}

/// The roll calls of one source of minibatches, of which one comes before each minibatch: either when the minibatch is asked
/// for, or ahead, while the step before it is under way.
///
/// Each source has calls of its own, so that another one's may come in between.
final class RollCall {
  private enum State {
    /// Nobody has said anything of the next minibatch.
    case open
    /// Everybody's word is on its way: it is there once all that was begun to be gathered is.
    case begun
  }

  private let ranks: Ranks
  private var state = State.open
  /// By rank; others write into it while a call is on its way.
  private let entries: UnsafeMutablePointer<RollCallEntry>

  init(_ ranks: Ranks) {
    self.ranks = ranks
    entries = .allocate(capacity: ranks.count)
    entries.initialize(repeating: RollCallEntry(), count: ranks.count)
  }

  deinit { entries.deallocate() }

  /// Begins the call of a minibatch while the step of the one before is under way: with `ProcessGroup.finishGathering()`
  /// everything is there. Whoever waits for losses then waits for both.
  ///
  /// - Parameter entry: This rank's part; nil: there is none yet.
  func begin(_ entry: RollCallEntry?) throws {
    guard case .open = state else {
      preconditionFailure("a roll call was begun before the one under way was ended")
    }
    entries[ranks.rank] = ranks.complete(entry ?? RollCallEntry())
    entries[ranks.rank].isReady = entry != nil
    try ranks.group.beginExchange(entries, runs: (0..<ranks.count).map { $0..<$0 + 1 })
    state = .begun
  }

  /// Ends the call of a minibatch: that which was begun, if every rank was ready then, or one of now.
  ///
  /// - Parameters:
  ///   - entry: This rank's part.
  ///   - failure: Why it has no part; ends the run on all ranks.
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
