import Foundation
import MillraceRandom
import Testing

@testable import MillraceModels
@testable import MillraceWorkshop

/// Only the decisions: nothing is trained.
struct HalvingStateTests {
  typealias Job = HalvingState.Job
  typealias Score = HalvingState.Score

  private static func score(wrong: Int, of count: Int = 100, loss: Double = 1) -> Score {
    Score(wrong: Array(0..<wrong), count: count, loss: loss)
  }

  /// Carries a search out with scores by candidate and rung.
  private static func run(_ rungs: [HalvingState.Rung], _ score: (Job) -> Score?) -> HalvingState {
    var state = HalvingState(rungs)
    while let job = state.next { state.add(score(job), of: job) }
    return state
  }

  /// Scores that differ from candidate to candidate and from rung to rung; some of them are nil.
  private static func drawn(_ seed: UInt64, _ job: Job) -> Score? {
    var random = KeyedRandom(seed: seed, purpose: .preview, epoch: job.rung, sample: job.candidate)
    if random.bernoulli(0.1) { return nil }
    let wrong = (0..<60).filter { _ in random.bernoulli(0.4) }
    return Score(wrong: wrong, count: 60, loss: Double(random.index(below: 3)))
  }

  @Test(arguments: [(16, 4), (8, 3), (5, 3), (4, 2), (2, 1), (21, 4)])
  func `Every rung takes half of the one before, and has its epochs added up`(candidates: Int, count: Int) {
    let rungs = HalvingState.rungs(candidates: candidates, count: count, epochs: 40)
    #expect(rungs.count == count && rungs.last?.epochs == 40 && rungs[0].candidates == candidates)
    for (rung, next) in zip(rungs, rungs.dropFirst()) {
      #expect(next.candidates == max(2, (rung.candidates + 1) / 2) && next.epochs == 2 * rung.epochs)
    }
    var trained = 0
    let state = Self.run(rungs) { job in
      trained += rungs[job.rung].epochs - (job.rung > 0 ? rungs[job.rung - 1].epochs : 0)
      return Self.score(wrong: job.candidate)
    }
    #expect(trained == HalvingState.epochs(of: rungs))
    #expect(state.results.count == rungs.reduce(0) { $0 + $1.candidates })
  }

  @Test func `The better half goes on, and the first whatever it achieves`() {
    let state = Self.run(HalvingState.rungs(candidates: 8, count: 3, epochs: 4)) {
      // The first is the worst; the others are the better, the higher their numbers are.
      Self.score(wrong: $0.candidate == 0 ? 90 : 20 - $0.candidate)
    }
    #expect(state.candidates(of: 1) == [0, 5, 6, 7] && state.candidates(of: 2) == [0, 7])
    #expect(state.ranking(in: 0) == [0, 7, 6, 5, 4, 3, 2, 1])
    #expect(state.verdict?.winner == 7 && state.verdict?.challenger == 7 && state.verdict?.rung == 2)
  }

  @Test func `Between equals the loss decides, then the number`() {
    let state = Self.run(HalvingState.rungs(candidates: 6, count: 2, epochs: 2)) {
      Self.score(wrong: 10, loss: [1, 0.9, 0.8, 0.8, 2, 0.7][$0.candidate])
    }
    #expect(state.ranking(in: 0) == [0, 5, 2, 3, 1, 4] && state.candidates(of: 1) == [0, 2, 5])
  }

  @Test func `A tie, and what chance explains, keep the first`() {
    let rungs = HalvingState.rungs(candidates: 2, count: 1, epochs: 1)
    for (wrong, winner) in [([], 1), ([0], 1), ([0, 1], 0), ([0, 1, 2, 3, 4, 5, 6], 0)] {
      // Of ten images the first gets seven wrong; six more right is the least that is not chance.
      let state = Self.run(rungs) {
        $0.candidate == 0
          ? Self.score(wrong: 7, of: 10) : Score(wrong: wrong, count: 10, loss: 0)
      }
      #expect(state.verdict?.winner == winner, "\(wrong)")
      #expect(state.verdict?.challenger == 1)
    }
  }

  @Test func `The more were tried, the less chance must explain`() {
    // Seven others were tried: 2 / 2⁶ is more than 0.05 / 7, and 2 / 2¹⁰ is less.
    for (better, winner) in [(6, 0), (10, 5)] {
      let state = Self.run(HalvingState.rungs(candidates: 8, count: 3, epochs: 4)) {
        Self.score(wrong: $0.candidate == 5 ? 20 - better : 20)
      }
      #expect(state.verdict?.winner == winner && state.verdict?.challenger == 5)
      #expect(state.verdict?.level == 0.05 / 7 && state.verdict?.isOnOtherImages == false)
    }
  }

  @Test func `The best is judged by images that nobody was chosen by`() {
    let rungs = HalvingState.rungs(candidates: 4, count: 2, epochs: 2)
    // The third is lucky or good: it gets all images right in the rungs, and this many of the others wrong.
    for (wrong, winner) in [([6, 7], 0), ([2, 4], 3)] {
      var jobs: [Job] = []
      var state = HalvingState(rungs, folds: 2)
      while let job = state.next {
        jobs.append(job)
        let isThird = job.candidate == 3
        state.add(
          Self.score(wrong: job.fold == 0 ? (isThird ? 0 : 30) : (isThird ? wrong[job.fold - 1] : 7)), of: job
        )
      }
      #expect(
        jobs.suffix(4) == [
          Job(candidate: 0, rung: 1, fold: 1), Job(candidate: 3, rung: 1, fold: 1),
          Job(candidate: 0, rung: 1, fold: 2), Job(candidate: 3, rung: 1, fold: 2),
        ])
      #expect(
        jobs.count == HalvingState.rungs(candidates: 4, count: 2, epochs: 2).reduce(4) { $0 + $1.candidates })
      let verdict = state.verdict
      #expect(verdict?.isOnOtherImages == true && verdict?.level == 0.05)
      #expect(verdict?.winner == winner && verdict?.challenger == 3)
      #expect(verdict?.comparison == McNemarTest(onlyFirst: 14 - wrong[0] - wrong[1], onlySecond: 0))
    }
  }

  @Test func `Where no other is better there is nothing to compare`() {
    let rungs = HalvingState.rungs(candidates: 4, count: 2, epochs: 2)
    var state = HalvingState(rungs, folds: 3)
    while let job = state.next { state.add(Self.score(wrong: 10), of: job) }
    #expect(state.results.allSatisfy { $0.job.fold == 0 } && state.results.count == 6)
    #expect(state.verdict?.winner == 0 && state.verdict?.isOnOtherImages == false)
  }

  @Test func `Who diverges on other images takes all of them wrong`() {
    let rungs = HalvingState.rungs(candidates: 2, count: 1, epochs: 2)
    for (diverging, winner) in [(1, 0), (0, 1)] {
      var state = HalvingState(rungs, folds: 1)
      while let job = state.next {
        let diverges = job.fold == 1 && job.candidate == diverging
        state.add(diverges ? nil : Self.score(wrong: job.candidate == 0 ? 30 : 0), of: job)
      }
      #expect(state.verdict?.winner == winner && state.verdict?.isOnOtherImages == true)
    }
  }

  @Test func `Candidates are left away first, then comparisons by halves, then rungs`() {
    let rungs = HalvingState.rungs(candidates: 8, count: 3, epochs: 4)
    var state = HalvingState(rungs, folds: 2)
    // Eight candidates train for one epoch, four for one more, two for two more, and two train twice for four.
    #expect(state.epochsLeft == 8 + 4 + 4 + 16)
    state.shorten(to: 32)
    #expect(state == HalvingState(rungs, folds: 2))
    state.shorten(to: 28)
    #expect(state.rungs.map(\.candidates) == [5, 3, 2] && state.folds == 2 && state.epochsLeft == 28)
    for _ in 0..<3 { state.next.map { state.add(Self.score(wrong: 10), of: $0) } }
    state.shorten(to: 22)
    #expect(state.rungs.map(\.candidates) == [3, 2, 2] && state.folds == 2 && state.epochsLeft == 22)
    // This is half of four epochs, twice, for two candidates.
    state.shorten(to: 14)
    #expect(state.folds == 2 && state.comparisonEpochs == 2 && state.epochsLeft == 14)
    state.shorten(to: 9)
    #expect(state.rungs.map(\.candidates) == [3, 2, 2] && state.folds == 0 && state.epochsLeft == 6)
    state.shorten(to: 1)
    #expect(state.rungs.map(\.candidates) == [3] && state.next == nil && state.verdict?.winner == 0)
  }

  @Test(arguments: 0..<200) func `Shortened at any time it comes to an end within what was left`(seed: UInt64)
  {
    let count = 1 + Int(seed % 4)
    let rungs = HalvingState.rungs(candidates: 2 + Int(seed % 20), count: count, epochs: 8 + Int(seed % 5))
    var state = HalvingState(rungs, folds: Int(seed % 3))
    var random = KeyedRandom(seed: seed, purpose: .preview, epoch: 99, sample: 0)
    var done = 0
    while let job = state.next {
      state.add(Self.drawn(seed, job), of: job)
      done += 1
      if random.bernoulli(0.3) {
        let before = state
        state.shorten(to: Double(random.index(below: 60)))
        #expect(state.results == before.results && state.epochsLeft <= before.epochsLeft)
        #expect(
          zip(state.rungs, before.rungs).allSatisfy {
            $0.candidates <= $1.candidates && $0.epochs == $1.epochs
          })
      }
    }
    #expect(
      state.verdict != nil && done == state.results.count && done <= rungs.reduce(4) { $0 + $1.candidates })
  }

  @Test func `Who diverges is out`() {
    let rungs = HalvingState.rungs(candidates: 4, count: 2, epochs: 2)
    let others = Self.run(rungs) { $0.candidate == 0 ? Self.score(wrong: 50) : nil }
    #expect(others.verdict?.winner == 0 && others.verdict?.challenger == nil && others.results.count == 4)
    let first = Self.run(rungs) { $0.candidate == 0 ? nil : Self.score(wrong: $0.candidate) }
    #expect(first.candidates(of: 1) == [1, 2] && first.verdict?.winner == 1)
    #expect(Self.run(rungs) { _ in nil }.verdict?.winner == nil)
    let alone = Self.run(rungs) { $0.candidate == 3 ? Self.score(wrong: 50) : nil }
    #expect(alone.verdict?.winner == 3 && alone.results.count == 4)
  }

  @Test(arguments: 0..<200) func `From any point on it comes to the same decisions`(seed: UInt64) throws {
    let candidates = 2 + Int(seed % 20)
    let count = 1 + Int(seed % 4)
    let rungs = HalvingState.rungs(candidates: candidates, count: count, epochs: 8 + Int(seed % 5))
    let whole = Self.run(rungs) { Self.drawn(seed, $0) }
    // This acts like processes that were ended after each of the jobs.
    var state = HalvingState(rungs)
    while let job = state.next {
      state.add(Self.drawn(seed, job), of: job)
      state = try JSONDecoder().decode(HalvingState.self, from: try JSONEncoder().encode(state))
      for candidate in 0..<candidates where state.next.map({ $0.candidate == candidate }) ?? false {
        #expect(job.rung == state.next?.rung || state.mayGoOn(candidate))
      }
    }
    #expect(state == whole)
  }

  @Test(arguments: 0..<200) func `Who goes on was never thought to be out, and the winner is better`(
    seed: UInt64
  ) {
    let rungs = HalvingState.rungs(candidates: 3 + Int(seed % 14), count: 3, epochs: 8)
    var state = HalvingState(rungs)
    var out: Set<Int> = []
    while let job = state.next {
      #expect(!out.contains(job.candidate))
      state.add(Self.drawn(seed, job), of: job)
      out.formUnion((0..<rungs[0].candidates).filter { !state.mayGoOn($0) })
      if state.next != nil, !(state.result(of: 0, in: job.rung)?.score == nil), job.rung + 1 < rungs.count {
        #expect(!out.contains(0))
      }
    }
    guard let verdict = state.verdict, let winner = verdict.winner, winner != 0 else { return }
    if let comparison = verdict.comparison {
      #expect(comparison.firstIsBetter(at: verdict.level) && verdict.level <= 0.05)
    } else {
      #expect(!state.ranking(in: verdict.rung).contains(0))
    }
  }
}
