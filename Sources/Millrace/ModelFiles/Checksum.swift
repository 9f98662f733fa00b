import CZlib

/// The CRC-32 (ISO 3309, as in PNG and gzip) of bytes that come piece by piece: it finds damage, not forgery.
struct Checksum: CustomStringConvertible {
  private(set) var value: UInt32 = 0

  mutating func add<Element: BitwiseCopyable>(_ elements: [Element]) {
    elements.withUnsafeBytes { bytes in
      // For a null pointer zlib answers with the checksum of nothing, whatever came before.
      guard let base = bytes.baseAddress, !bytes.isEmpty else { return }
      value = UInt32(
        truncatingIfNeeded: crc32_z(uLong(value), base.assumingMemoryBound(to: UInt8.self), bytes.count))
    }
  }

  /// Eight hexadecimal digits.
  var description: String {
    let digits = String(value, radix: 16)
    return String(repeating: "0", count: 8 - digits.count) + digits
  }
}
