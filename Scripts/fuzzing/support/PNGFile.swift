public import MillraceRandom

/// The parts of PNG's file format that its damage needs.
public enum PNGFile {
  /// A chunk: length, type, data, checksum.
  public struct Chunk {
    /// The offset of the chunk.
    public let start: Int
    /// The number of bytes of its data.
    public let length: Int
  }

  /// The chunks, as far as their lengths lead.
  public static func chunks(of bytes: [UInt8]) -> [Chunk] {
    var chunks: [Chunk] = []
    var start = 8
    while start + 12 <= bytes.count {
      let length = bytes[start..<start + 4].reduce(0) { $0 << 8 | Int($1) }
      guard length <= bytes.count - start - 12 else { break }
      chunks.append(Chunk(start: start, length: length))
      start += length + 12
    }
    return chunks
  }

  /// Corrects the checksum of each chunk.
  public static func repairChecksums(_ bytes: inout [UInt8]) {
    for chunk in chunks(of: bytes) {
      let end = chunk.start + 8 + chunk.length
      let checksum = crc32(bytes[chunk.start + 4..<end])
      for i in 0..<4 { bytes[end + i] = UInt8(truncatingIfNeeded: checksum >> (24 - 8 * UInt32(i))) }
    }
  }

  /// The file with the end of its image data missing, and otherwise sound.
  public static func withImageDataCut(_ bytes: [UInt8], _ random: inout KeyedRandom) -> [UInt8] {
    guard
      let data = chunks(of: bytes).first(where: {
        Array(bytes[$0.start + 4..<$0.start + 8]) == Array("IDAT".utf8)
      })
    else { return bytes }
    let kept = random.index(below: max(1, data.length))
    var result = Array(bytes[..<data.start])
    result += [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: kept >> $0) }
    result += bytes[data.start + 4..<data.start + 8 + kept] + [0, 0, 0, 0]
    result += bytes[(data.start + 12 + data.length)...]
    repairChecksums(&result)
    return result
  }

  private static func crc32(_ bytes: ArraySlice<UInt8>) -> UInt32 {
    ~bytes.reduce(~UInt32(0)) { crc, byte in
      (0..<8).reduce(crc ^ UInt32(byte)) { crc, _ in crc & 1 == 1 ? 0xEDB8_8320 ^ (crc >> 1) : crc >> 1 }
    }
  }
}
