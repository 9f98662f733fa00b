import Foundation
import MillraceThreads

/// The processes of a training run, and what they agree on.
///
/// Every rank runs the same program on the same settings. What could differ from rank to rank is agreed on here: that
/// all see the same data, that all have succeeded, and before each minibatch how many samples it has, whether a
/// checkpoint is due and whether somebody has been asked to stop. Rank 0 alone writes files.
public final class Ranks {
  /// The processes.
  public let group: any ProcessGroup
  /// The version of the program, which must be the same everywhere.
  public let program: String
  /// Says what a person is told of an error, and what the process exits with; the program sets it.
  public var explain: (any Error) -> (message: String, code: Int32) = { ("\($0)", 1) }
  /// Says which signal asks this process to stop; 0 for none.
  public var stopSignal: () -> Int32 = { 0 }
  /// The signal that all have agreed to stop for, once the step under way is done; 0 for none.
  public private(set) var agreedSignal: Int32 = 0
  /// The most workers that a rank has.
  private(set) var mostWorkers = 1
  /// Says whether a checkpoint is due some steps from now; rank 0's answer counts.
  var isCheckpointDue: (_ steps: Int) -> Bool = { _ in false }
  /// Begins the roll call of the next minibatch that is trained on; whoever shares these sets it.
  var beginNextRollCall: (() throws -> Void)?
  /// Whether all save a checkpoint after the step under way.
  private(set) var savesCheckpoint = false

  private var failedTogether = false
  private var roll: [RollCallEntry]
  /// The roll call that was begun ahead, by rank; memory of its own, since others write into it meanwhile.
  private let nextRoll: UnsafeMutablePointer<RollCallEntry>

  /// Joins the processes of a run.
  ///
  /// - Parameters:
  ///   - group: The processes.
  ///   - program: The version of the program.
  public init(_ group: any ProcessGroup, program: String) {
    self.group = group
    self.program = program
    roll = Array(repeating: RollCallEntry(), count: group.count)
    nextRoll = .allocate(capacity: group.count)
    nextRoll.initialize(repeating: RollCallEntry(), count: group.count)
  }

  deinit { nextRoll.deallocate() }

  /// This process's number.
  public var rank: Int { group.rank }
  /// How many processes there are.
  public var count: Int { group.count }
  /// Whether this process writes the run's files.
  public var isFirst: Bool { group.rank == 0 }

  /// Whether all ranks know of an error, so that each ends by itself and the first one tells it.
  public func isShared(_ error: any Error) -> Bool {
    failedTogether || error is DivergenceError || error is TooManyBadFiles || error is UnusableDataset
      || error is TrainingError || error is RankError
  }

  /// Does something that may fail on any rank, and fails on all where it has failed on one.
  public func together<Result>(_ body: () throws -> Result) throws -> Result {
    var failure: (any Error)?
    var result: Result?
    do { result = try body() } catch { failure = error }
    try fail(with: failure)
    guard let result else { preconditionFailure("a body gave neither a result nor an error") }
    return result
  }

  /// Ends all ranks where one has failed: that one with its own error, the others with a ``RankError`` that exits with the
  /// same code.
  private func fail(with own: (any Error)?) throws {
    let explanation = own.map(explain)
    let messages = try group.gather(explanation?.message ?? "")
    guard let rank = messages.firstIndex(where: { !$0.isEmpty }) else { return }
    let codes = try group.exchange(explanation?.code ?? 0)
    failedTogether = true
    throw own
      ?? RankError.failed(rank: rank, host: group.hosts[rank], message: messages[rank], code: codes[rank])
  }

  /// Hands what the first rank has to all.
  func fromFirst<Value: Codable>(_ make: () throws -> Value) throws -> Value {
    let own = try together {
      isFirst ? String(decoding: try JSONEncoder().encode(make()), as: UTF8.self) : ""
    }
    return try JSONDecoder().decode(Value.self, from: Data(try group.gather(own)[0].utf8))
  }

  /// Checks that all ranks are about to do the same.
  ///
  /// - Parameter facts: What must be the same, by name; in the same order everywhere.
  /// - Throws: `RankError.differs` on all ranks, naming the first that differs from rank 0.
  func agree(on facts: [(name: String, value: String)]) throws {
    let texts = try facts.map { try group.gather($0.value) }
    for rank in 1..<max(1, count) {
      for (fact, texts) in zip(facts, texts) where texts[rank] != texts[0] {
        failedTogether = true
        throw RankError.differs(
          rank: rank, host: group.hosts[rank], what: fact.name, found: texts[rank], expected: texts[0])
      }
    }
  }

  /// Learns how many workers the others have.
  func share(workers: Int) throws { mostWorkers = try group.exchange(workers).max() ?? workers }

  // MARK: Before each minibatch

  /// Tells all ranks of this one's part of the next minibatch, and learns of theirs.
  ///
  /// - Parameters:
  ///   - entry: This rank's.
  ///   - failure: Why it has no part; ends the run on all ranks.
  /// - Returns: By rank.
  func callRoll(_ entry: RollCallEntry, failure: (any Error)?) throws -> [RollCallEntry] {
    var entry = complete(entry, stepsUntilSaved: 1)
    entry.hasFailed = failure != nil
    roll = try group.exchange(entry)
    if roll.contains(where: \.hasFailed) { try fail(with: failure) }
    takeOver(roll)
    return roll
  }

  /// Begins the roll call of a minibatch while the step of the one before is under way: with
  /// `ProcessGroup.finishGathering()` everything is there. Whoever waits for losses then waits for both.
  ///
  /// - Parameter entry: This rank's part; nil: there is none yet.
  func beginNextRollCall(_ entry: RollCallEntry?) throws {
    nextRoll[rank] = complete(entry ?? RollCallEntry(), stepsUntilSaved: 2)
    nextRoll[rank].isReady = entry != nil
    try group.beginExchange(nextRoll, runs: (0..<count).map { $0..<$0 + 1 })
  }

  /// The roll call that was begun ahead; nil where a rank was not ready: then all must call the roll again.
  func finishNextRollCall() -> [RollCallEntry]? {
    let next = (0..<count).map { nextRoll[$0] }
    guard next.allSatisfy(\.isReady) else { return nil }
    roll = next
    takeOver(roll)
    return roll
  }

  /// Adds what a rank tells in each roll call.
  private func complete(_ entry: RollCallEntry, stepsUntilSaved steps: Int) -> RollCallEntry {
    var entry = entry
    entry.signal = stopSignal()
    entry.savesCheckpoint = isFirst && isCheckpointDue(steps)
    entry.waited = group.waited
    entry.time = MonotonicClock.now()
    return entry
  }

  private func takeOver(_ roll: [RollCallEntry]) {
    // A roll call may have been begun before another in which a rank was already asked to stop.
    if agreedSignal == 0 { agreedSignal = roll.first { $0.signal != 0 }?.signal ?? 0 }
    savesCheckpoint = roll[0].savesCheckpoint
  }

  /// Checks that all ranks could load the same, where each loads all of a minibatch.
  func requireSameRows(_ roll: [RollCallEntry]) throws {
    for (rank, entry) in roll.enumerated()
    where entry.rows != roll[0].rows || entry.skipped != roll[0].skipped {
      failedTogether = true
      throw RankError.differs(
        rank: rank, host: group.hosts[rank], what: "readable images of a minibatch",
        found: "\(entry.rows)", expected: "\(roll[0].rows)")
    }
  }

  /// All ranks end now, each by an error of its own, as they have agreed by ``agreedSignal``.
  public func endTogether() { failedTogether = true }

  /// How the ranks stand by the last roll call.
  var times: RankTimes { RankTimes(entries: roll) }
}

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

/// Where the time of each rank has gone until a roll call.
struct RankTimes {
  fileprivate let entries: [RollCallEntry]

  /// What has happened since an earlier one: the rank that the others waited for most, and the share of its time that
  /// it, too, waited for others, which is what communication costs.
  func report(since earlier: RankTimes, hosts: [String]) -> RankReport? {
    let shares = zip(entries, earlier.entries).map { now, before in
      now.time > before.time ? Double(now.waited - before.waited) / Double(now.time - before.time) : 0
    }
    guard let slowest = shares.indices.min(by: { shares[$0] < shares[$1] }) else { return nil }
    return RankReport(
      count: entries.count, slowest: slowest, host: hosts[slowest], communication: shares[slowest])
  }
}

/// How the ranks of a run share an epoch's time.
public struct RankReport: Sendable, Codable, Hashable {
  /// How many ranks there are.
  public var count: Int
  /// The rank that waits least for others.
  public var slowest: Int
  /// The host it runs on.
  public var host: String
  /// The share of its time that it waits for others all the same: what communication costs, from 0 to 1.
  public var communication: Double
}

/// Why ranks ended together.
public enum RankError: Error, Sendable, Hashable, CustomStringConvertible {
  /// One of them has failed, and exits with a code.
  case failed(rank: Int, host: String, message: String, code: Int32)
  /// One of them would have done something else than the first.
  case differs(rank: Int, host: String, what: String, found: String, expected: String)

  /// One line.
  public var description: String {
    switch self {
    case .failed(let rank, let host, let message, _): "rank \(rank) on \(host): \(message)"
    case .differs(let rank, let host, let what, let found, let expected):
      "rank \(rank) on \(host) differs from rank 0 in its \(what): \(found) instead of \(expected); "
        + "give all ranks the same program, settings and images"
    }
  }
}
