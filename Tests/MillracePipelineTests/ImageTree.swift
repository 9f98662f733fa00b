import MillraceImages
import MillraceRandom

@testable import MillracePipeline

/// A tree of small images of two classes, some gray, some JPEG, with four bad files among them.
struct ImageTree {
  let folder: TemporaryFolder
  let dataset: Dataset

  /// The relative paths of the files that are not images.
  static let bad = ["a/3.png", "a/9.png", "b/2.png", "b/11.png"]

  init() throws {
    folder = try TemporaryFolder()
    var random = KeyedRandom(seed: 1, purpose: .preview)
    for name in ["a", "b"] {
      for number in 0..<14 {
        let channels: Channels = number.isMultiple(of: 3) ? .gray : .rgb
        let image = Self.image(
          width: 20 + random.index(below: 30), height: 20 + random.index(below: 30), channels, using: &random)
        try folder.file(
          "\(name)/\(number).png",
          number.isMultiple(of: 4) ? ImageEncoder.jpeg(image) : ImageEncoder.png(image))
      }
    }
    let whole = ImageEncoder.png(Self.image(width: 30, height: 30, .rgb, using: &random))
    try folder.file(Self.bad[0], Array("no image".utf8))
    try folder.file(Self.bad[1], [])
    try folder.file(Self.bad[2], Array(whole.prefix(whole.count / 2)))
    try folder.file(Self.bad[3], Array(whole.prefix(20)))
    dataset = try Dataset.scan(folder.path)
  }

  private static func image(
    width: Int, height: Int, _ channels: Channels, using random: inout KeyedRandom
  ) -> Image {
    let count = width * height * channels.rawValue
    let level = random.index(below: 150)
    return Image(
      width: width, height: height, channels: channels,
      pixels: (0..<count).map { UInt8(level + $0 * 100 / count + random.index(below: 6)) })
  }
}
