import Foundation
public import MillraceImages
import MillraceRandom

/// Smooth pictures that differ at a glance, and files of the codecs' tests.
public enum Pattern {
  /// A few waves whose directions and phases follow from a number. Scaling changes the pixels but not the look.
  public static func image(_ number: Int, width: Int = 64, height: Int = 64) -> Image {
    var random = KeyedRandom(seed: 7, purpose: .preview, sample: number)
    let waves = (0..<4).map { _ in
      (
        x: Double(random.uniform(-9, 9)), y: Double(random.uniform(-9, 9)),
        phase: Double(random.uniform(0, 6))
      )
    }
    var pixels: [UInt8] = []
    for y in 0..<height {
      for x in 0..<width {
        let (u, v) = (Double(x) / Double(width), Double(y) / Double(height))
        let sum = waves.reduce(0) { $0 + cos($1.x * u + $1.y * v + $1.phase) }
        let level = UInt8(127.5 + 30 * sum)
        pixels += [level, level / 2 + 60, 255 - level]
      }
    }
    return Image(width: width, height: height, channels: .rgb, pixels: pixels)
  }

  /// A file of `MillraceImagesTests/Fixtures/Codecs`.
  public static func codecFixture(_ name: String) throws -> [UInt8] {
    let tests = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    return Array(try Data(contentsOf: tests.appending(path: "MillraceImagesTests/Fixtures/Codecs/\(name)")))
  }
}
