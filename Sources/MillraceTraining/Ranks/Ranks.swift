import Foundation
package import MillracePipeline
package import MillraceShards
import MillraceThreads

/// The processes of a training run, and what they agree on.
///
/// Every rank executes the same program with the same settings. Here the ranks agree on what could differ
/// between them: that all see the same data, that all have succeeded, and before each minibatch how many
/// samples it has, whether a checkpoint is due and whether somebody has been asked to stop. Only rank 0
/// writes files.
public final class Ranks {
  /// The processes.
  package let group: any ProcessGroup
  /// The version of the program, which must be the same everywhere.
  package let program: String
  /// The message that an error shows, and the code with which the process exits.
  private let explain: (any Error) -> (message: String, code: Int32)
  /// The signal that asks this process to stop; 0 for none.
  private let stopSignal: () -> Int32
  /// The largest number of workers that any rank has.
  package private(set) var mostWorkers = 1
  /// What all ranks agreed on in the last roll call.
  private(set) var roll: Roll

  private var failedTogether = false
  private var heardSignal: Int32 = 0

  /// Joins the processes of a run.
  ///
  /// - Parameters:
  ///   - group: The processes.
  ///   - program: The version of the program.
  ///   - explain: The message that an error shows, and the code with which the process exits.
  ///   - stopSignal: The signal that asks this process to stop; 0 for none. It is called once for each
  ///     minibatch.
  package init(
    _ group: any ProcessGroup, program: String,
    explain: @escaping (any Error) -> (message: String, code: Int32) = { ("\($0)", 1) },
    stopSignal: @escaping () -> Int32 = { 0 }
  ) {
    self.group = group
    self.program = program
    self.explain = explain
    self.stopSignal = stopSignal
    roll = Roll(entries: Array(repeating: RollCallEntry(), count: group.count))
  }

  /// A process that trains alone: it agrees with itself at once.
  public static var alone: Ranks { Ranks(SingleProcess(), program: "") }

  /// The number of this process.
  package var rank: Int { group.rank }
  /// The number of processes.
  package var count: Int { group.count }
  /// Whether there is no other process.
  package var isAlone: Bool { count == 1 }
  /// The signal for which all ranks have agreed to stop, once the step under way is done; 0 for none.
  package var agreedSignal: Int32 { isAlone ? stopSignal() : heardSignal }
  /// Whether this process writes the run's files.
  package var isFirst: Bool { group.rank == 0 }

  /// Whether all ranks know of an error, so that each ends by itself and the first one reports it.
  package func isShared(_ error: any Error) -> Bool {
    isAlone || failedTogether || error is DivergenceError || error is TooManyBadFiles
      || error is UnusableDataset
      || error is TrainingError || error is RankError
  }

  /// Carries out something that may fail on any rank, and fails on all ranks where it has failed on one.
  package func together<Result>(_ body: () throws -> Result) throws -> Result {
    if isAlone { return try body() }
    var failure: (any Error)?
    var result: Result?
    do { result = try body() } catch { failure = error }
    try fail(with: failure)
    guard let result else { preconditionFailure("a body gave neither a result nor an error") }
    return result
  }

  /// Ends all ranks where one has failed: that rank with its own error, the others with a ``RankError`` that
  /// exits with the same code.
  package func fail(with own: (any Error)?) throws {
    let explanation = own.map(explain)
    let messages = try group.gather(explanation?.message ?? "")
    guard let rank = messages.firstIndex(where: { !$0.isEmpty }) else { return }
    let codes = try group.exchange(explanation?.code ?? 0)
    failedTogether = true
    throw own
      ?? RankError.failed(rank: rank, host: group.hosts[rank], message: messages[rank], code: codes[rank])
  }

  /// Gives all ranks the value of the first.
  package func fromFirst<Value: Codable>(_ make: () throws -> Value) throws -> Value {
    if isAlone { return try make() }
    let own = try together {
      isFirst ? String(decoding: try JSONEncoder().encode(make()), as: UTF8.self) : ""
    }
    return try JSONDecoder().decode(Value.self, from: Data(try group.gather(own)[0].utf8))
  }

  /// Checks that all ranks are about to do the same.
  ///
  /// - Parameter facts: The names and values that must be the same, in the same order on every rank.
  /// - Throws: `RankError.differs` on all ranks, naming the first rank that differs from rank 0.
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
  package func share(workers: Int) throws { mostWorkers = try group.exchange(workers).max() ?? workers }

  // MARK: Before each minibatch

  /// A source of minibatches of which every rank has a part; for a process alone, the part is the whole.
  ///
  /// - Parameters:
  ///   - source: This rank's parts; nobody else may take from it.
  ///   - isWhole: Whether each rank loads all of every minibatch.
  ///   - saving: When checkpoints are due; nil where none are saved between these minibatches.
  package func share(
    _ source: any MinibatchSource, isWhole: Bool, saving: CheckpointTimer? = nil
  ) -> any MinibatchSource {
    isAlone ? source : SharedMinibatches(source, ranks: self, isWhole: isWhole, saving: saving)
  }

  /// Adds to an entry what a rank says in each roll call.
  func complete(_ entry: RollCallEntry) -> RollCallEntry {
    var entry = entry
    entry.signal = stopSignal()
    entry.waited = group.waited
    entry.time = MonotonicClock.now()
    return entry
  }

  /// Stores what all ranks have agreed on.
  func take(_ roll: Roll) {
    self.roll = roll
    // A roll call may have begun before another in which a rank was already asked to stop.
    if heardSignal == 0 { heardSignal = roll.signal }
  }

  /// Checks that all ranks could load the same rows, where each loads all of a minibatch.
  func requireSameRows(_ roll: Roll) throws {
    let first = roll.entries[0]
    for (rank, entry) in roll.entries.enumerated()
    where entry.rows != first.rows || entry.skipped != first.skipped {
      failedTogether = true
      throw RankError.differs(
        rank: rank, host: group.hosts[rank], what: "readable images of a minibatch",
        found: "\(entry.rows)", expected: "\(first.rows)")
    }
  }

  /// Says that all ranks end now, each with an error of its own, as they have agreed by ``agreedSignal``.
  package func endTogether() { failedTogether = true }

  /// How the ranks had spent their time at the last roll call.
  var times: RankTimes { RankTimes(entries: roll.entries) }
}
