import CZlib

/// The CRC-32 (ISO 3309, as in PNG and gzip) of bytes that come piece by piece: it finds damage, but not forgery.
package struct Checksum: CustomStringConvertible {
  package private(set) var value: UInt32 = 0

  package init() {}

  package mutating func add<Element: BitwiseCopyable>(_ elements: [Element]) {
    elements.withUnsafeBytes { add($0) }
  }

  package mutating func add(_ bytes: UnsafeRawBufferPointer) {
    // For a null pointer zlib returns the checksum of nothing, whatever came before.
    guard let base = bytes.baseAddress, !bytes.isEmpty else { return }
    value = UInt32(
      truncatingIfNeeded: crc32_z(uLong(value), base.assumingMemoryBound(to: UInt8.self), bytes.count))
  }

  /// The checksum of some bytes.
  package static func of(_ bytes: UnsafeRawBufferPointer) -> UInt32 {
    var checksum = Checksum()
    checksum.add(bytes)
    return checksum.value
  }

  /// The checksum in eight hexadecimal digits.
  package var description: String {
    let digits = String(value, radix: 16)
    return String(repeating: "0", count: 8 - digits.count) + digits
  }
}
