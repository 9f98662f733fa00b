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
      KeyedRandom(seed: 1, purpose: .augmentation, epoch: 0, sample: 0, turn: 1),
      KeyedRandom(seed: 1, purpose: .augmentation, epoch: 0, sample: 0, turn: 2),
    ]
    let draws = streams.map { stream in
      var stream = stream
      return (0..<4).map { _ in stream.next() }
    }
    #expect(Set(draws).count == streams.count)
  }

  @Test func aBranchDependsOnItsNameAndTheKeyAlone() {
    var random = KeyedRandom(seed: 1, purpose: .augmentation, epoch: 2, sample: 3)
    let names = [
      StreamName.root.part("crop", 0), .root.part("crop", 1), .root.part("flip", 0),
      .root.part("flip", 0).part("crop", 0), .root,
    ]
    func firsts() -> [UInt64] {
      names.map { name in
        var branch = random.branch(name)
        return branch.next()
      }
    }
    let before = firsts()
    let own = random.next()
    #expect(firsts() == before)
    #expect(Set(before + [own]).count == names.count + 1)
    random = KeyedRandom(seed: 1, purpose: .augmentation, epoch: 2, sample: 3, turn: 1)
    #expect(Set(before + firsts()).count == 2 * names.count)
  }

  @Test func theFirstTurnKeepsTheNumbersOfNone() {
    var plain = KeyedRandom(seed: 9, purpose: .dropout, epoch: 1, sample: 2)
    var first = KeyedRandom(seed: 9, purpose: .dropout, epoch: 1, sample: 2, turn: 0)
    #expect((0..<8).allSatisfy { _ in plain.next() == first.next() })
  }

  @Test func turnsOfBitsAreApart() {
    let turns = [0, 1, 2, 1_000_000].map {
      KeyedBits(seed: 1, purpose: .dropout, subpurpose: 3, epoch: 0, sample: 5, turn: $0).block(0).0
    }
    #expect(Set(turns).count == 4)
    #expect(KeyedBits(seed: 1, purpose: .dropout, subpurpose: 3, epoch: 0, sample: 5).block(0).0 == turns[0])
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

  /// For each Beta(α, α) the quantiles of 0.2, 0.3 and 0.4 from `scipy.stats.beta.ppf`; that of 0.5 is 1/2.
  @Test(
    arguments: [
      (0.01, [1.5811e-40, 6.42812e-23, 2.00428e-10]), (0.03, [5.1856e-14, 3.84156e-08, 0.000560922]),
      (0.1, [9.08147e-05, 0.00521487, 0.0863986]), (0.2, [0.00788805, 0.0578806, 0.216342]),
      (0.5, [0.0954915, 0.206107, 0.345492]), (1, [0.2, 0.3, 0.4]), (2, [0.287141, 0.363257, 0.432931]),
    ] as [(Float, [Float])])
  func betaHasItsQuantiles(alpha: Float, quantiles: [Float]) {
    let count = 20_000
    var random = KeyedRandom(seed: 4, purpose: .batchAugmentation)
    let draws = (0..<count).map { _ in random.beta(alpha, alpha) }
    #expect(draws.allSatisfy { (0...1).contains($0) })
    // The limit is five standard deviations of a share of one half.
    let tolerance = 2.5 / Double(count).squareRoot()
    for (share, quantile) in zip([0.2, 0.3, 0.4, 0.5], quantiles + [0.5]) {
      let below = Double(draws.count { $0 <= quantile }) / Double(count)
      #expect(abs(below - share) < tolerance, "α \(alpha): \(below) of \(share)")
      // Near 1 a number has no precision for the distance to 1.
      guard quantile > 1e-6 else { continue }
      let above = Double(draws.count { 1 - $0 <= quantile }) / Double(count)
      #expect(abs(above - share) < tolerance, "α \(alpha), from above: \(above) of \(share)")
    }
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
