import Foundation
import Testing

@testable import MillraceImages

/// One small picture of each augmentation: three draws side by side, colour above gray.
///
/// After a change that is meant to change pictures, run with `MILLRACE_RECORD_GOLDENS=1` and look at the files:
/// they are binary PPM, which most viewers open.
struct AugmentationGoldenTests {
  private static let side = 24
  private static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .appendingPathComponent("../Fixtures/Goldens").standardizedFileURL

  /// The arguments of augmentations whose defaults show little.
  private static let arguments = [
    "elastic": "sigma=3;alpha=40", "lens": "0.3", "noise": "0.1", "blur": "1.5", "posterize": "2..4",
    "coarse-dropout": "0.2;fill=noise", "erase": "fill=mean;p=1", "border": "reflect", "sharpen": "1",
    "perspective": "0.5", "randaugment": "n=3;magnitude=15",
  ]

  private static let names = AugmentationRegistry.descriptors.filter { $0.name != "none" }.map(\.name)

  @Test(arguments: names)
  func `an augmentation's pictures stay what they were`(name: String) throws {
    let isMixing = BatchAugmentation.Kind(rawValue: name) != nil
    let sheet = try isMixing ? Self.mixedSheet(name) : Self.sheet(name)
    let file = Self.folder.appendingPathComponent("\(name).ppm")
    let header = Data("P6\n\(sheet.width) \(sheet.height)\n255\n".utf8)
    if ProcessInfo.processInfo.environment["MILLRACE_RECORD_GOLDENS"] != nil {
      try FileManager.default.createDirectory(at: Self.folder, withIntermediateDirectories: true)
      try (header + Data(sheet.pixels)).write(to: file)
      return
    }
    let golden = try Data(contentsOf: file)
    #expect(golden.prefix(header.count) == header)
    let differences = zip(golden.dropFirst(header.count), sheet.pixels).map { abs(Int($0) - Int($1)) }
    #expect(differences.count == sheet.pixels.count)
    // Rounding may differ by a level between machines; where levels jump, a few pixels may differ, too.
    let far = differences.count { $0 > 1 }
    #expect(far <= sheet.pixels.count / 500, "\(far) values differ, by up to \(differences.max() ?? 0)")
  }

  private static func sheet(_ name: String) throws -> Image {
    let descriptor = try #require(AugmentationRegistry.descriptors.first { $0.name == name })
    let text = arguments[name].map { "\(name):\($0)" } ?? (descriptor.parameters.isEmpty ? "\(name):1" : name)
    // A border shows only where the picture has moved.
    let policy = try AugmentationPolicy(parsing: name == "border" ? "\(text), rotate:±40" : text)
    var rows: [[Image]] = []
    for channels in [Channels.rgb, .gray] {
      let source = syntheticImage(width: 40, height: 36, channels: channels)
      let preprocessing = try Preprocessing(size: ImageSize(width: side, height: side), channels: channels)
      rows.append(
        try (0..<3).map { sample in
          let row = try render(
            draw(policy, sample: sample, source: source, output: ImageSize(width: side, height: side)),
            source,
            width: side, height: side)
          return Image(rendering: row, preprocessing: preprocessing)
        })
    }
    return join(rows)
  }

  /// A minibatch of the picture, its mirror image and a bright one, mixed.
  private static func mixedSheet(_ name: String) throws -> Image {
    let mixing = try AugmentationPolicy(parsing: "\(name):alpha=2").batch
    var rows: [[Image]] = []
    for channels in [Channels.rgb, .gray] {
      let source = syntheticImage(width: 40, height: 36, channels: channels)
      let size = ImageSize(width: side, height: side)
      let preprocessing = try Preprocessing(size: size, channels: channels)
      let features = try ["none", "flip:1", "brightness:2..2"].flatMap {
        try render(
          draw(try AugmentationPolicy(parsing: $0), sample: 0, source: source), source, width: side,
          height: side)
      }
      var drawn = MinibatchMixing()
      mixing.draw(seed: 7, epoch: 0, minibatch: 0, count: 3, size: size, into: &drawn)
      rows.append(
        (0..<3).map { row in
          var mixed = [Float](repeating: .nan, count: preprocessing.featureCount)
          drawn.mix(row: row, of: features, channels: channels.rawValue, size: size, into: &mixed)
          return Image(rendering: mixed, preprocessing: preprocessing)
        })
    }
    return join(rows)
  }

  private static func join(_ rows: [[Image]]) -> Image {
    var pixels: [UInt8] = []
    for (pictures, channels) in zip(rows, [3, 1]) {
      for y in 0..<side {
        for picture in pictures {
          for x in 0..<side {
            for channel in 0..<3 {
              pixels.append(picture.pixels[(y * side + x) * channels + min(channel, channels - 1)])
            }
          }
        }
      }
    }
    return Image(width: 3 * side, height: 2 * side, channels: .rgb, pixels: pixels)
  }
}
