import Foundation

/// The small images that are damaged: ten JPEGs, ten PNGs, five WebP and four BMP files of the codecs' tests.
struct Seed {
  let name: String
  let bytes: [UInt8]

  var isPNG: Bool { name.hasSuffix(".png") }
  var isWebP: Bool { name.hasSuffix(".webp") }
  var isBMP: Bool { name.hasSuffix(".bmp") }

  private static let names = [
    "420.jpg", "420-arithmetic.jpg", "420-progressive.jpg", "420-progressive-arithmetic.jpg",
    "420-restarts.jpg",
    "420-three-scans.jpg", "cmyk.jpg", "ycck.jpg", "gray.jpg", "exif-6.jpg",
    "gray-1-interlaced.png", "gray-2-trns.png", "gray-16.png", "gray-alpha-16-interlaced.png",
    "palette-4.png",
    "palette-8-trns-interlaced.png", "rgb-8.png", "rgb-16-trns.png", "rgba-8-interlaced.png", "exif-5.png",
    "lossy.webp", "lossless.webp", "lossy-alpha.webp", "lossless-alpha.webp", "animated.webp",
    "rgb-24.bmp", "indexed-8.bmp", "indexed-4.bmp", "rgba-32.bmp",
  ]

  /// Reads the images from the tests' folder.
  static func all(in folder: String) throws -> [Seed] {
    try names.map { name in
      Seed(name: name, bytes: Array(try Data(contentsOf: URL(fileURLWithPath: "\(folder)/\(name)"))))
    }
  }
}
