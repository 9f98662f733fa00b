extension Dataset {
  /// A number that changes when classes, files, their names, labels, weights or order do, but not when only contents
  /// do.
  ///
  /// 64-bit FNV-1a (Fowler, Noll, Vo) over each class name and, for each sample in order, its label (four bytes,
  /// the lowest first), its path below the root and, where that is not 1, the bits of its weight; every name is
  /// followed by a zero byte, and the class list by another. The place of the root does not matter.
  public var fingerprint: UInt64 {
    var hash = FNV1a()
    for name in classes {
      hash.add(name.utf8)
      hash.add(0)
    }
    hash.add(0)
    for sample in 0..<count {
      let label = UInt32(bitPattern: labels[directory(of: sample)])
      hash.add(bytesOf: label)
      hash.add(storage.value.path(ofDirectory: directory(of: sample)))
      hash.add(0x2F)
      hash.add(storage.value.name(ofFile: file(of: sample)))
      hash.add(0)
      // A weight of 1 is what an image has of which nothing is said.
      let weight = weight(of: sample)
      if weight != 1 { hash.add(bytesOf: weight.bitPattern) }
    }
    return hash.value
  }
}

/// The 64-bit FNV-1a hash.
struct FNV1a {
  private(set) var value: UInt64 = 0xCBF2_9CE4_8422_2325

  @inline(__always)
  mutating func add(_ byte: UInt8) {
    value = (value ^ UInt64(byte)) &* 0x100_0000_01B3
  }

  /// Adds the four bytes of a number, the lowest first.
  @inline(__always)
  mutating func add(bytesOf number: UInt32) {
    for byte in 0..<4 { add(UInt8(truncatingIfNeeded: number >> (8 * UInt32(byte)))) }
  }

  @inline(__always)
  mutating func add(_ bytes: some Sequence<UInt8>) {
    for byte in bytes { add(byte) }
  }
}
