import FuzzingSupport
import MillraceRandom

/// One way of damaging a file.
enum Mutation: String, CaseIterable {
  case truncation, bitFlips, lengthField, splice, removal, missingEntropyData

  /// Makes a damaged copy.
  func apply(to seed: Seed, others: [Seed], _ random: inout KeyedRandom) -> [UInt8] {
    var bytes = seed.bytes
    let place = random.index(below: bytes.count)
    switch self {
    case .truncation:
      bytes.removeLast(bytes.count - place)
    case .bitFlips:
      for _ in 0...random.index(below: 8) {
        bytes[random.index(below: bytes.count)] ^= 1 << UInt8(random.index(below: 8))
      }
    case .lengthField:
      let values: [[UInt8]] = [
        [0, 0], [0, 1], [0, 2], [0xFF, 0xFF], [0x7F, 0xFF, 0xFF, 0xFF], [0xFF, 0xFF, 0xFF, 0xFF],
        [0, 0, 0, 0],
        [0x80, 0, 0, 0], [UInt8(random.index(below: 256)), UInt8(random.index(below: 256))],
      ]
      let value = values[random.index(below: values.count)]
      let fields = Self.lengthFields(of: seed)
      let start = min(fields[random.index(below: fields.count)] + random.index(below: 2), bytes.count - 4)
      bytes.replaceSubrange(start..<start + value.count, with: value)
    case .splice:
      let other = others[random.index(below: others.count)].bytes
      let start = random.index(below: other.count)
      let piece = other[start..<min(other.count, start + random.index(below: 200))]
      let end = min(bytes.count, place + random.index(below: 200))
      bytes.replaceSubrange(place..<(random.index(below: 2) == 0 ? place : end), with: piece)
    case .removal:
      bytes.removeSubrange(place..<min(bytes.count, place + 1 + random.index(below: 40)))
    case .missingEntropyData:
      return Self.withoutEntropyData(seed, &random)
    }
    // A wrong checksum would hide most of the changes.
    if seed.isPNG, self != .truncation, random.index(below: 4) > 0 { PNGFile.repairChecksums(&bytes) }
    return bytes
  }

  /// The places of the lengths of segments and chunks, and of the sizes of images.
  private static func lengthFields(of seed: Seed) -> [Int] {
    if seed.isPNG { return PNGFile.chunks(of: seed.bytes).map(\.start) + [16, 20] }
    if seed.isWebP { return [3, 4] + WebPFile.chunks(of: seed.bytes).flatMap { [$0 + 3, $0 + 7, $0 + 11] } }
    // The offset of the pixels, the header's length, width, height, bits, compression, colors, masks.
    if seed.isBMP { return [10, 14, 18, 22, 28, 30, 46, 54, 58] }
    return seed.bytes.indices.dropLast(8).filter { seed.bytes[$0] == 0xFF && seed.bytes[$0 + 1] >= 0xC0 }
      .flatMap { [$0 + 2, $0 + 5] }
  }

  /// The file with its headers and its end, but without a part of the compressed data in between.
  private static func withoutEntropyData(_ seed: Seed, _ random: inout KeyedRandom) -> [UInt8] {
    if seed.isPNG { return PNGFile.withImageDataCut(seed.bytes, &random) }
    if seed.isWebP { return WebPFile.withImageDataCut(seed.bytes, &random) }
    // It is not compressed: what is gone is at the end.
    if seed.isBMP { return seed.bytes.dropLast(1 + random.index(below: seed.bytes.count - 60)) }
    let bytes = seed.bytes
    let scan = bytes.firstRange(of: [0xFF, 0xDA])?.lowerBound ?? 0
    let header = scan + 2 + Int(bytes[scan + 2]) << 8 + Int(bytes[scan + 3])
    var cut = header + random.index(below: bytes.count - 2 - header)
    // Half a marker, or a marker without its segment, is another kind of damage than missing data.
    while bytes[cut - 1] == 0xFF { cut -= 1 }
    return bytes[..<cut] + [0xFF, 0xD9]
  }
}
