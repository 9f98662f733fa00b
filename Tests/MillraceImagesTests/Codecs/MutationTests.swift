import MillraceRandom
import Testing

@testable import MillraceImages

struct MutationTests {
  static let names = [
    "420.jpg", "420-progressive.jpg", "420-restarts.jpg", "420-progressive-arithmetic.jpg", "ycck.jpg",
    "exif-6.jpg",
    "gray-1-interlaced.png", "palette-4-trns-interlaced.png", "rgba-16.png", "exif-5.png",
  ]

  @Test("damaged files never crash, and give the same twice", arguments: names, [false, true])
  func damaged(name: String, allowTruncated: Bool) throws {
    let whole = try Fixture.bytes(name)
    let limits = DecodeLimits(maxPixels: 100_000, allowTruncated: allowTruncated)
    let reused = ImageDecoder(limits: limits)
    for sample in 0..<100 {
      var random = KeyedRandom(seed: 1, purpose: .augmentation, epoch: 0, sample: sample)
      var bytes = whole
      for _ in 0...random.index(below: 4) { mutate(&bytes, &random) }
      let first = outcome(reused, bytes)
      #expect(first == outcome(ImageDecoder(limits: limits), bytes), "mutation \(sample) of \(name)")
    }
  }

  private func outcome(_ decoder: ImageDecoder, _ bytes: [UInt8]) -> Result<Image, ImageError> {
    bytes.withUnsafeBytes { bytes in
      Result { () throws(ImageError) in
        try decoder.decode(bytes, channels: .rgb, atLeast: ImageSize(width: 9, height: 9)).copy()
      }
    }
  }

  /// Flips a bit, overwrites a length-like pair, cuts the end, or moves a piece.
  private func mutate(_ bytes: inout [UInt8], _ random: inout KeyedRandom) {
    guard bytes.count > 8 else { return }
    let place = random.index(below: bytes.count - 4)
    switch random.index(below: 4) {
    case 0: bytes[place] ^= 1 << UInt8(random.index(below: 8))
    case 1: bytes[place] = 0xFF
    case 2: bytes.removeLast(random.index(below: bytes.count / 4))
    default: bytes.removeSubrange(place..<place + random.index(below: 4))
    }
  }
}
