import Testing

@testable import MillracePipeline

struct EpochOrderTests {
  @Test(arguments: [0, 1, 2, 17, 1_000])
  func everyEpochVisitsEachSampleOnce(count: Int) {
    let order = EpochOrder.shuffled(count: count, seed: 3)
    for epoch in 0..<3 {
      #expect(order.samples(epoch: epoch).sorted() == (0..<Int32(count)).map { $0 })
    }
  }

  @Test func seedAndEpochDecideAlone() {
    let order = EpochOrder.shuffled(count: 100, seed: 3)
    #expect(order.samples(epoch: 5) == EpochOrder.shuffled(count: 100, seed: 3).samples(epoch: 5))
    #expect(order.samples(epoch: 5) != order.samples(epoch: 6))
    #expect(order.samples(epoch: 5) != EpochOrder.shuffled(count: 100, seed: 4).samples(epoch: 5))
  }

  @Test func balancedShowsEachClassEquallyOftenAndCountsItsTurns() {
    let labels = Array(repeating: 0, count: 2) + Array(repeating: 1, count: 9) + [2]
    let order = EpochOrder.balanced(labels: labels, seed: 3)
    for epoch in 0..<4 {
      let samples = order.samples(epoch: epoch)
      for label in 0..<3 { #expect(samples.count { labels[Int($0)] == label } == 4) }
      let turns = EpochOrder.turns(samples)
      for place in samples.indices {
        #expect(Int(turns[place]) == samples[..<place].count { $0 == samples[place] })
      }
      #expect(turns.max() == 3)
    }
    #expect(EpochOrder.turns([]) == [])
  }

  @Test func sequentialKeepsTheNumbering() {
    let order = EpochOrder.sequential(count: 5)
    #expect(order.samples(epoch: 0) == [0, 1, 2, 3, 4])
    #expect(order.samples(epoch: 7) == [0, 1, 2, 3, 4])
  }
}
