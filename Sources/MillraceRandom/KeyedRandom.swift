/// What a stream of random numbers is for. Streams of different purposes never overlap.
package enum RandomPurpose: UInt32, Sendable {
  case initialization = 1
  case split
  case epochOrder
  case augmentation
  case elasticField
  case noise
  case batchAugmentation
  case dropout
  case preview
  case testTimeAugmentation
  case folds = 12
  case member = 13
  case tuning = 14
  case testSplit = 15
  case bootstrap = 16
}

/// The two halves of a number.
private func words(_ value: UInt64) -> SIMD2<UInt32> {
  [UInt32(truncatingIfNeeded: value), UInt32(truncatingIfNeeded: value >> 32)]
}

/// The key of a sample's streams. The key of the first turn is the seed; all turns of a seed have different
/// keys.
func philoxKey(seed: UInt64, turn: Int) -> SIMD2<UInt32> {
  words(seed ^ mixed(UInt64(truncatingIfNeeded: turn)))
}

/// A counter-based random number generator: Philox 4×32 with ten rounds.
///
/// Its numbers are a pure function of the key (seed, turn, name) and of the counter (purpose, epoch, sample, block),
/// so a sample's draws do not depend on which thread makes them or on which other samples exist.
/// Source: Salmon, Moraes, Dror, Shaw, "Parallel random numbers: as easy as 1, 2, 3", SC 2011.
public struct KeyedRandom: RandomNumberGenerator, Sendable {
  private let key: SIMD2<UInt32>
  private var counter: SIMD4<UInt32>
  private var block: SIMD4<UInt32> = .zero
  private var used = 4

  /// Makes the stream of one purpose, epoch and sample.
  ///
  /// - Parameters:
  ///   - seed: The run's seed.
  ///   - purpose: What the numbers are for.
  ///   - epoch: The epoch, from 0 to 2³²−1.
  ///   - sample: The sample's key or index, from 0 to 2³²−1; any other index where there is none.
  ///   - turn: How often the epoch has visited the sample before.
  package init(seed: UInt64, purpose: RandomPurpose, epoch: Int = 0, sample: Int = 0, turn: Int = 0) {
    key = philoxKey(seed: seed, turn: turn)
    counter = [0, UInt32(truncatingIfNeeded: sample), UInt32(truncatingIfNeeded: epoch), purpose.rawValue]
  }

  private init(key: SIMD2<UInt32>, counter: SIMD4<UInt32>) {
    self.key = key
    self.counter = counter
  }

  /// A stream of its own, from its beginning: a pure function of this stream's key and of a name. The branch
  /// takes nothing from this stream, and does not depend on how much of it has been used.
  package func branch(_ name: StreamName) -> KeyedRandom {
    var start = counter
    start[0] = 0
    return KeyedRandom(key: key ^ words(name.bits), counter: start)
  }

  /// Ten rounds of Philox 4×32 over one counter.
  @inlinable
  public static func philox(counter: SIMD4<UInt32>, key: SIMD2<UInt32>) -> SIMD4<UInt32> {
    // This works on scalars, because the compiler does not keep arithmetic on the lanes of vectors in
    // registers.
    var (x0, x1, x2, x3) = (counter.x, counter.y, counter.z, counter.w)
    var (k0, k1) = (key.x, key.y)
    for _ in 0..<10 {
      let product0 = UInt64(x0) &* 0xD251_1F53
      let product1 = UInt64(x2) &* 0xCD9E_8D57
      (x0, x1, x2, x3) = (
        UInt32(truncatingIfNeeded: product1 >> 32) ^ x1 ^ k0, UInt32(truncatingIfNeeded: product1),
        UInt32(truncatingIfNeeded: product0 >> 32) ^ x3 ^ k1, UInt32(truncatingIfNeeded: product0)
      )
      k0 &+= 0x9E37_79B9
      k1 &+= 0xBB67_AE85
    }
    return SIMD4(x0, x1, x2, x3)
  }

  private mutating func nextWord() -> UInt32 {
    if used == 4 {
      block = Self.philox(counter: counter, key: key)
      counter[0] &+= 1
      used = 0
    }
    defer { used += 1 }
    return block[used]
  }

  /// The next 64 random bits.
  public mutating func next() -> UInt64 {
    let low = UInt64(nextWord())
    return low | UInt64(nextWord()) << 32
  }

  /// A number in [0, 1), a multiple of 2⁻²⁴.
  public mutating func uniform() -> Float {
    Float(nextWord() >> 8) * 0x1p-24
  }

  /// A number in [low, high).
  public mutating func uniform(_ low: Float, _ high: Float) -> Float {
    low + (high - low) * uniform()
  }

  /// True with the given probability: never with 0, always with 1.
  public mutating func bernoulli(_ probability: Float) -> Bool {
    uniform() < probability
  }

  /// A whole number in 0 ..< bound, without bias.
  ///
  /// - Parameter bound: At least 1 and below 2³².
  public mutating func index(below bound: Int) -> Int {
    precondition(
      bound >= 1 && bound <= Int(UInt32.max), "an index needs a bound from 1 to 2³²−1, got \(bound)")
    // Lemire, "Fast random integer generation in an interval", 2019.
    let range = UInt64(bound)
    let threshold = (0x1_0000_0000 - range) % range
    while true {
      let product = UInt64(nextWord()) &* range
      if product & 0xFFFF_FFFF >= threshold { return Int(product >> 32) }
    }
  }

  /// Shuffles in place (Fisher–Yates).
  public mutating func shuffle<C: MutableCollection & RandomAccessCollection>(_ values: inout C)
  where C.Index == Int {
    guard values.count > 1 else { return }
    for i in stride(from: values.endIndex - 1, to: values.startIndex, by: -1) {
      values.swapAt(i, values.startIndex + index(below: i - values.startIndex + 1))
    }
  }
}
