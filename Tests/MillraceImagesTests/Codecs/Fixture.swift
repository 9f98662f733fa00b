import Foundation
import Testing

@testable import MillraceImages

/// The files of `Fixtures/Codecs`; its README says what they are.
enum Fixture {
  /// The colour of transparent pixels in the expected pixels.
  static let background = SIMD3<UInt8>(30, 120, 200)
  static let jpegSize = ImageSize(width: 48, height: 32)
  static let pngSize = ImageSize(width: 19, height: 17)

  static func bytes(_ name: String) throws -> [UInt8] {
    let folder = try #require(Bundle.module.resourceURL).appending(path: "Fixtures/Codecs")
    return [UInt8](try Data(contentsOf: folder.appending(path: name)))
  }

  /// The pixels that an independent decoder found.
  static func expected(_ name: String, _ size: ImageSize, _ channels: Channels = .rgb) throws -> Image {
    Image(width: size.width, height: size.height, channels: channels, pixels: try bytes(name + ".raw"))
  }
}

extension ImageDecoder {
  /// Decodes a copy that outlives the decoder.
  func decodeCopy(_ bytes: [UInt8], channels: Channels, atLeast: ImageSize? = nil) throws -> Image {
    try bytes.withUnsafeBytes { try decode($0, channels: channels, atLeast: atLeast).copy() }
  }
}

/// The error with which a decode fails; nil where it succeeds.
func decodingError(_ bytes: [UInt8], limits: DecodeLimits = DecodeLimits()) throws -> ImageError? {
  do {
    _ = try ImageDecoder(limits: limits).decodeCopy(bytes, channels: .rgb)
    return nil
  } catch let error as ImageError {
    return error
  }
}

extension Image {
  /// The largest difference between samples; nil for images of different shape.
  func maximumDifference(to other: Image) -> Int? {
    guard width == other.width, height == other.height, channels == other.channels else { return nil }
    return zip(pixels, other.pixels).map { abs(Int($0) - Int($1)) }.max()
  }

  /// Rec. 601 luma, rounded as libjpeg rounds it.
  var luma: Image {
    let gray = stride(from: 0, to: pixels.count, by: 3).map { i -> UInt8 in
      let (red, green, blue) = (Int(pixels[i]), Int(pixels[i + 1]), Int(pixels[i + 2]))
      return UInt8((red * 19595 + green * 38470 + blue * 7471 + 32768) >> 16)
    }
    return Image(width: width, height: height, channels: .gray, pixels: gray)
  }
}
