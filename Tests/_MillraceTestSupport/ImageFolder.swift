import Foundation
public import MillraceImages
import MillraceRandom

/// A folder of small drawn images, with a folder for each class, which is removed when this object is released.
///
/// Class k shows a bright bar at angle k·180°/classes, with noise, at any place: easy to learn, but not trivial.
public final class ImageFolder {
  /// The folder.
  public let path: String

  /// Draws `countPerClass` images of each class; every other one a JPEG.
  public convenience init(
    classes: Int = 3, countPerClass: Int = 12, side: Int = 12, channels: Channels = .rgb
  ) throws {
    try self.init(counts: Array(repeating: countPerClass, count: classes), side: side, channels: channels)
  }

  /// Draws classes of different sizes.
  public init(counts: [Int], side: Int = 12, channels: Channels = .rgb) throws {
    path = FileManager.default.temporaryDirectory.path + "/millrace-images-\(UUID().uuidString)"
    for (label, count) in counts.enumerated() {
      let folder = "\(path)/class\(label)"
      try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
      for number in 0..<count {
        let image = Self.draw(label: label, of: counts.count, number: number, side: side, channels: channels)
        let isJPEG = number % 2 == 1
        let bytes = isJPEG ? try ImageEncoder.jpeg(image, quality: 95) : ImageEncoder.png(image)
        try Data(bytes).write(to: URL(fileURLWithPath: "\(folder)/\(number).\(isJPEG ? "jpg" : "png")"))
      }
    }
  }

  /// The images' paths below the folder, class by class and in the order of their names.
  public var names: [String] {
    (FileManager.default.enumerator(atPath: path)?.compactMap { $0 as? String } ?? [])
      .filter { $0.contains(".") }.sorted()
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }

  /// The image of a class with this number.
  public static func draw(label: Int, of classes: Int, number: Int, side: Int, channels: Channels) -> Image {
    var random = KeyedRandom(seed: 99, purpose: .preview, epoch: label, sample: number)
    let angle = Double(label) * .pi / Double(classes)
    let (dx, dy) = (Double(random.uniform(-1.5, 1.5)), Double(random.uniform(-1.5, 1.5)))
    let centre = Double(side - 1) / 2
    var pixels: [UInt8] = []
    for y in 0..<side {
      for x in 0..<side {
        let distance = abs((Double(x) - centre - dx) * sin(angle) - (Double(y) - centre - dy) * cos(angle))
        for _ in 0..<channels.rawValue {
          let value = (distance < 1.5 ? 200 : 40) + Double(random.uniform(-30, 30))
          pixels.append(UInt8(max(0, min(255, value))))
        }
      }
    }
    return Image(width: side, height: side, channels: channels, pixels: pixels)
  }
}
