public import MillraceRandom

/// What the damage to WebP files needs to know about them.
public enum WebPFile {
  /// The offsets of the chunks.
  public static func chunks(of bytes: [UInt8]) -> [Int] {
    var starts: [Int] = []
    var offset = 12
    while offset + 8 <= bytes.count {
      starts.append(offset)
      let length = number(bytes, at: offset + 4)
      offset += 8 + length + length % 2
    }
    return starts
  }

  /// The file without the last part of its compressed image, with lengths that agree; unchanged where the image is
  /// in a frame of an animation.
  public static func withImageDataCut(_ bytes: [UInt8], _ random: inout KeyedRandom) -> [UInt8] {
    let image = chunks(of: bytes).first {
      bytes[$0..<$0 + 3].elementsEqual("VP8".utf8) && bytes[$0 + 3] != 0x58
    }
    guard let image else { return bytes }
    let length = number(bytes, at: image + 4)
    // The headers stay, and an even number of bytes stays.
    let kept = min(length, 40 + 2 * random.index(below: max(1, (length - 40) / 2)))
    var result = Array(bytes[..<(image + 8 + kept)] + bytes[(image + 8 + length + length % 2)...])
    write(kept, at: image + 4, of: &result)
    write(result.count - 8, at: 4, of: &result)
    return result
  }

  private static func number(_ bytes: [UInt8], at offset: Int) -> Int {
    (0..<4).reduce(0) { $0 | Int(bytes[offset + $1]) << (8 * $1) }
  }

  private static func write(_ number: Int, at offset: Int, of bytes: inout [UInt8]) {
    for place in 0..<4 { bytes[offset + place] = UInt8(truncatingIfNeeded: number >> (8 * place)) }
  }
}
