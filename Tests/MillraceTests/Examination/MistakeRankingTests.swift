import Testing

@testable import MillraceModels

struct MistakeRankingTests {
  @Test func `The most confident mistakes are kept, the first of equals before the others`() {
    var ranking = MistakeRanking(limit: 4)
    var made = 0
    for (sample, confidence) in [0.5, 0.9, 0.7, 0.9, 0.7, 0.2, 0.95].enumerated() {
      ranking.add(confidence: Float(confidence)) {
        made += 1
        return Mistake(
          sample: sample, path: "", actual: 0, predicted: 1, confidence: Float(confidence), share: 0)
      }
    }
    #expect(ranking.mistakes.map(\.sample) == [6, 1, 3, 2])
    // The second 0.7 and the 0.2 came too late for a place, so no pictures were made of them.
    #expect(made == 6)
  }
}
