import Testing
import _MillraceTestSupport

@testable import MillraceModels
@testable import MillracePipeline
@testable import MillraceShards
@testable import MillraceTraining

/// What ranks tell each other before each minibatch, ahead of time where all have loaded their part.
struct RollCallTests {
  /// Minibatches of one row for each rank, with one more row for each earlier minibatch.
  private final class Source: MinibatchSource {
    struct Failure: Error {}
    let isReady: (Int) -> Bool
    let failsAt: Int?
    var lent: Set<Int> = []
    private var place = 0

    init(failsAt: Int? = nil, isReady: @escaping (Int) -> Bool) {
      (self.failsAt, self.isReady) = (failsAt, isReady)
    }

    var isNextReady: Bool { isReady(place) }

    func next() throws -> Minibatch? {
      if place == failsAt { throw Failure() }
      guard place < 5 else { return nil }
      let minibatch = Minibatch(capacity: 8, featureCount: 1)
      (minibatch.index, minibatch.count) = (place, place + 1)
      lent.insert(place)
      place += 1
      return minibatch
    }

    func release(_ minibatch: Minibatch) { lent.remove(minibatch.index) }
  }

  private static let patterns: [[@Sendable (Int) -> Bool]] = [
    [{ _ in true }, { _ in true }, { _ in true }], [{ _ in true }, { $0 % 2 == 1 }, { _ in true }],
    [{ $0 % 2 == 0 }, { $0 % 3 == 0 }, { _ in false }],
  ]

  @Test(arguments: patterns.indices)
  func `Minibatches come in order and complete, whichever ranks have theirs ahead of time`(pattern: Int)
    throws
  {
    let results = try LocalProcesses.run(3) { group in
      let ranks = Ranks(group, program: "1")
      let source = Source(isReady: Self.patterns[pattern][group.rank])
      let shared = SharedMinibatches(source, ranks: ranks, isWhole: false)
      var seen: [[Int]] = []
      while let minibatch = try shared.next() {
        seen.append([minibatch.index, minibatch.count, minibatch.totalCount])
        try shared.prepareNext()
        try group.finishGathering()
        shared.release(minibatch)
      }
      return (seen, source.lent.count)
    }
    for result in results {
      let (seen, lent) = try result.get()
      #expect(seen == (0..<5).map { [$0, $0 + 1, 3 * ($0 + 1)] })
      #expect(lent == 0)
    }
  }

  @Test func `A minibatch taken ahead of time is given back where nobody asks for it`() throws {
    let results = try LocalProcesses.run(2) { group in
      let source = Source { _ in true }
      try {
        let shared = SharedMinibatches(source, ranks: Ranks(group, program: "1"), isWhole: false)
        guard let minibatch = try shared.next() else { return }
        try shared.prepareNext()
        try group.finishGathering()
        shared.release(minibatch)
      }()
      return source.lent.count
    }
    for result in results { #expect(try result.get() == 0) }
  }

  @Test func `A rank that fails ahead of time ends all at the minibatch that it lacks`() throws {
    let results = try LocalProcesses.run(2) { group in
      let source = Source(failsAt: group.rank == 1 ? 1 : nil) { _ in true }
      let shared = SharedMinibatches(source, ranks: Ranks(group, program: "1"), isWhole: false)
      let first = try shared.next()
      try shared.prepareNext()
      try group.finishGathering()
      if let first { shared.release(first) }
      do {
        _ = try shared.next()
        return "went on"
      } catch { return "\(type(of: error)) \(source.lent.count)" }
    }
    #expect(try results.map { try $0.get() } == ["RankError 0", "Failure 0"])
  }

  @Test func `Who is asked to stop while a step is under way is heard before the next one`() throws {
    let results = try LocalProcesses.run(2) { group in
      var hasBegun = false
      let ranks = Ranks(group, program: "1", stopSignal: { hasBegun && group.rank == 1 ? 15 : 0 })
      let shared = SharedMinibatches(Source { _ in true }, ranks: ranks, isWhole: false)
      let first = try shared.next()
      hasBegun = true
      try shared.prepareNext()
      try group.finishGathering()
      if let first { shared.release(first) }
      if let second = try shared.next() { shared.release(second) }
      return ranks.agreedSignal
    }
    for result in results { #expect(try result.get() == 15) }
  }

  @Test func `Another source's roll may be called while one is on its way`() throws {
    let results = try LocalProcesses.run(2) { group in
      let ranks = Ranks(group, program: "1")
      let shared = SharedMinibatches(Source { _ in true }, ranks: ranks, isWhole: false)
      let other = SharedMinibatches(Source { _ in true }, ranks: ranks, isWhole: false)
      var seen: [Int] = []
      for _ in 0..<3 {
        guard let minibatch = try shared.next() else { break }
        try shared.prepareNext()
        if let between = try other.next() {
          seen.append(between.index)
          other.release(between)
        }
        seen.append(minibatch.index)
        shared.release(minibatch)
      }
      return seen
    }
    for result in results { #expect(try result.get() == [0, 0, 1, 1, 2, 2]) }
  }

  @Test func `A process alone shares nothing, and hears at once that it is to stop`() throws {
    var signal: Int32 = 0
    let ranks = Ranks(SingleProcess(), program: "1", stopSignal: { signal })
    let source = Source { _ in true }
    #expect(ranks.share(source, isWhole: false) === source)
    #expect(ranks.agreedSignal == 0)
    signal = 2
    #expect(ranks.agreedSignal == 2)
    struct Failure: Error, CustomStringConvertible { let description = "" }
    #expect(throws: Failure.self) { try ranks.together { throw Failure() } }
    #expect(ranks.isShared(Failure()))
  }

  @Test func `A checkpoint that is due for the first rank is agreed on by all, one step ahead`() throws {
    let results = try LocalProcesses.run(2) { group in
      let ranks = Ranks(group, program: "1")
      let timer = CheckpointTimer(group.rank == 0 ? .steps(2) : .never)
      let shared = SharedMinibatches(Source { _ in true }, ranks: ranks, isWhole: false, saving: timer)
      var saved: [Bool] = []
      while let minibatch = try shared.next() {
        saved.append(ranks.roll.savesCheckpoint)
        if saved.count == 1 {
          try shared.prepareNext()
          try group.finishGathering()
        }
        timer.countStep()
        if ranks.roll.savesCheckpoint { timer.restart() }
        shared.release(minibatch)
      }
      return saved
    }
    for result in results { #expect(try result.get() == [false, true, false, true, false]) }
  }
}
