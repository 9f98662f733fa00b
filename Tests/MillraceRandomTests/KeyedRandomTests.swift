import MillraceRandom
import Testing

struct KeyedRandomTests {
  /// The answers that the algorithm's authors publish (Random123, philox4x32-10).
  @Test func philoxGivesThePublishedAnswers() {
    #expect(
      KeyedRandom.philox(counter: .zero, key: .zero)
        == SIMD4<UInt32>(0x6627_E8D5, 0xE169_C58D, 0xBC57_AC4C, 0x9B00_DBD8))
    #expect(
      KeyedRandom.philox(counter: SIMD4(repeating: .max), key: SIMD2(repeating: .max))
        == SIMD4<UInt32>(0x408F_276D, 0x41C8_3B0E, 0xA20B_C7C6, 0x6D54_51FD))
  }

  @Test func eachKeyHasAStreamOfItsOwn() {
    let streams = [
      KeyedRandom(seed: 1, purpose: .augmentation, epoch: 0, sample: 0),
      KeyedRandom(seed: 2, purpose: .augmentation, epoch: 0, sample: 0),
      KeyedRandom(seed: 1, purpose: .split, epoch: 0, sample: 0),
      KeyedRandom(seed: 1, purpose: .augmentation, epoch: 1, sample: 0),
      KeyedRandom(seed: 1, purpose: .augmentation, epoch: 0, sample: 1),
    ]
    let draws = streams.map { stream in
      var stream = stream
      return (0..<4).map { _ in stream.next() }
    }
    #expect(Set(draws).count == streams.count)
  }

  @Test func numbersStayInTheirRanges() {
    var random = KeyedRandom(seed: 3, purpose: .preview)
    var counts = [0, 0, 0]
    var areInRange = true
    for _ in 0..<30_000 {
      areInRange = areInRange && (0..<1).contains(random.uniform())
      counts[random.index(below: 3)] += 1
    }
    #expect(areInRange)
    // Six standard deviations of a fair draw are about 490.
    #expect(counts.allSatisfy { abs($0 - 10_000) < 490 })
    #expect(!random.bernoulli(0) && random.bernoulli(1))
  }

  @Test func aShuffleIsAPermutationAndRepeats() {
    func shuffled(_ seed: UInt64) -> [Int] {
      var values = Array(0..<100)
      var random = KeyedRandom(seed: seed, purpose: .epochOrder)
      random.shuffle(&values)
      return values
    }
    #expect(shuffled(1).sorted() == Array(0..<100))
    #expect(shuffled(1) == shuffled(1) && shuffled(1) != shuffled(2))
  }

  @Test func betaHasItsMean() {
    for (a, b) in [(Float(0.2), Float(0.2)), (1, 1), (2, 5)] {
      var random = KeyedRandom(seed: 4, purpose: .batchAugmentation)
      let draws = (0..<20_000).map { _ in random.beta(a, b) }
      #expect(draws.allSatisfy { (0...1).contains($0) })
      #expect(abs(draws.reduce(0, +) / 20_000 - a / (a + b)) < 0.02)
    }
  }
}
