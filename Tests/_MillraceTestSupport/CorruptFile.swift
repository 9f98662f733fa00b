import Foundation
public import MillraceImages

/// Ten ways in which an image file can be bad.
public enum CorruptFile: String, CaseIterable, Sendable {
  case empty, text, cutJPEG, cutPNG, damagedPNG, hugeJPEG, chunkBomb, linkToNowhere, missingEntropyData,
    losslessJPEG

  /// The words of the reason for such a file.
  public var words: String {
    switch self {
    case .empty: "the file is empty"
    case .text: "not a \(ImageFormat.listInWords) image"
    case .cutJPEG, .missingEntropyData: "truncated JPEG"
    case .cutPNG: "truncated PNG"
    case .damagedPNG: "corrupt PNG"
    case .hugeJPEG: "--max-pixels 4290250000"
    case .chunkBomb: "--max-chunk-bytes"
    case .linkToNowhere: "cannot be read"
    case .losslessJPEG: "unsupported JPEG"
    }
  }

  /// Puts such a file, made of a sound image, where there is no file yet.
  public func put(at path: String, madeOf image: Image) throws {
    if self == .linkToNowhere {
      return try FileManager.default.createSymbolicLink(atPath: path, withDestinationPath: "nowhere")
    }
    try Data(bytes(madeOf: image)).write(to: URL(fileURLWithPath: path))
  }

  private func bytes(madeOf image: Image) throws -> [UInt8] {
    var jpeg = try ImageEncoder.jpeg(image, quality: 95)
    var png = ImageEncoder.png(image)
    func find(_ bytes: [UInt8], _ part: [UInt8]) -> Int { bytes.firstRange(of: part)?.lowerBound ?? 0 }
    let frame = find(jpeg, [0xFF, 0xC0])
    switch self {
    case .empty, .linkToNowhere: return []
    case .text: return Array("this is no image".utf8)
    case .cutJPEG: return Array(jpeg.prefix(jpeg.count * 3 / 4))
    case .cutPNG: return Array(png.prefix(png.count / 2))
    case .damagedPNG:
      png[find(png, Array("IDAT".utf8)) + 20] ^= 0xFF
      return png
    case .hugeJPEG:
      jpeg.replaceSubrange(frame + 5..<frame + 9, with: [0xFF, 0xDC, 0xFF, 0xDC])
      return jpeg
    case .chunkBomb:
      return png.prefix(33) + [0x3F, 0xFF, 0xFF, 0xFF] + Array("zTXt".utf8) + png.dropFirst(33)
    case .missingEntropyData:
      return jpeg.dropLast((jpeg.count - find(jpeg, [0xFF, 0xDA])) / 2) + [0xFF, 0xD9]
    case .losslessJPEG:
      jpeg[frame + 1] = 0xC3
      return jpeg
    }
  }

  /// A JPEG of which the decoder complains but which it decodes: stray bytes are between its segments.
  public static func warningOnly(_ image: Image) throws -> [UInt8] {
    let jpeg = try ImageEncoder.jpeg(image, quality: 95)
    // The first segment, JFIF's, is 18 bytes long.
    return jpeg.prefix(20) + [0, 0, 0] + jpeg.dropFirst(20)
  }
}
