/// The name of one stream of random numbers among those of a sample: a path of names and numbers, hashed.
///
/// A stream that is known by its name keeps its numbers whatever other streams there are.
package struct StreamName: Sendable, Hashable {
  /// The name as 64 well-mixed bits.
  let bits: UInt64

  /// The name at the beginning of all others.
  package static let root = StreamName(bits: 0xCBF2_9CE4_8422_2325)

  private init(bits: UInt64) { self.bits = bits }

  /// The name of a part of this stream.
  ///
  /// - Parameters:
  ///   - name: What the part is called.
  ///   - number: Which of the parts of that name, from 0.
  package func part(_ name: String, _ number: Int) -> StreamName {
    // 64-bit FNV-1a over the name, a byte that no name holds, and the number.
    var hash = bits
    for byte in name.utf8 { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3 }
    hash = (hash ^ 0xFF) &* 0x100_0000_01B3
    hash = (hash ^ UInt64(truncatingIfNeeded: number)) &* 0x100_0000_01B3
    return StreamName(bits: mixed(hash))
  }
}

/// The finaliser of SplitMix64 (Steele, Lea, Flood, 2014): a permutation of all 64-bit numbers that leaves 0 alone.
func mixed(_ value: UInt64) -> UInt64 {
  var z = value
  z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
  z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
  return z ^ (z >> 31)
}
