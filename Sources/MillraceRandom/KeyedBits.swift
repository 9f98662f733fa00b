/// Many random bits at once for one key: eight Philox counters side by side.
///
/// This is the function of ``KeyedRandom``, laid out for vector registers. A `subpurpose` keeps its streams
/// apart from those of ``KeyedRandom``.
package struct KeyedBits: Sendable {
  private let key: SIMD2<UInt32>
  private let sample: UInt32
  private let epoch: UInt32
  private let purpose: UInt32

  /// Names a stream.
  ///
  /// - Parameters:
  ///   - seed: The run's seed.
  ///   - purpose: What the bits are for.
  ///   - subpurpose: Which of several streams of that purpose, such as a layer's number; from 0 to 2²³.
  ///   - epoch: The epoch.
  ///   - sample: The sample's index in its data set.
  ///   - turn: How often the epoch has visited the sample before.
  package init(
    seed: UInt64, purpose: RandomPurpose, subpurpose: Int, epoch: Int, sample: Int, turn: Int = 0
  ) {
    key = philoxKey(seed: seed, turn: turn)
    self.sample = UInt32(truncatingIfNeeded: sample)
    self.epoch = UInt32(truncatingIfNeeded: epoch)
    self.purpose = purpose.rawValue | UInt32(truncatingIfNeeded: subpurpose + 1) << 8
  }

  /// Four words of eight lanes: 1,024 bits, a pure function of the stream and the block's number.
  package func block(_ index: UInt32) -> (SIMD8<UInt32>, SIMD8<UInt32>, SIMD8<UInt32>, SIMD8<UInt32>) {
    var x0 = SIMD8<UInt32>(0, 1, 2, 3, 4, 5, 6, 7) &+ (index &* 8)
    var x1 = SIMD8(repeating: sample)
    var x2 = SIMD8(repeating: epoch)
    var x3 = SIMD8(repeating: purpose)
    var k0 = key[0]
    var k1 = key[1]
    for _ in 0..<10 {
      let (high0, low0) = Self.product(x0, 0xD251_1F53)
      let (high1, low1) = Self.product(x2, 0xCD9E_8D57)
      (x0, x1, x2, x3) = (high1 ^ x1 ^ k0, low1, high0 ^ x3 ^ k1, low0)
      k0 &+= 0x9E37_79B9
      k1 &+= 0xBB67_AE85
    }
    return (x0, x1, x2, x3)
  }

  @inline(__always)
  private static func product(_ x: SIMD8<UInt32>, _ factor: UInt64) -> (SIMD8<UInt32>, SIMD8<UInt32>) {
    let wide = SIMD8<UInt64>(truncatingIfNeeded: x) &* factor
    return (SIMD8(truncatingIfNeeded: wide &>> 32), SIMD8(truncatingIfNeeded: wide))
  }
}
