import Foundation
import Testing

@testable import MillraceImages

/// Willem van Schaik's PngSuite, which is not part of the project: `MILLRACE_PNGSUITE` names a folder with its
/// files in `png/` and their pixels in `json/` (arrays of R, G, B, A; 16 bits for files of 16 bits).
struct PngSuiteTests {
  static let folder = ProcessInfo.processInfo.environment["MILLRACE_PNGSUITE"]

  private func names() throws -> [String] {
    let folder = try #require(Self.folder)
    return try FileManager.default.contentsOfDirectory(atPath: folder + "/png")
      .filter { $0.hasSuffix(".png") }.map { String($0.dropLast(4)) }.sorted()
  }

  private func bytes(_ name: String) throws -> [UInt8] {
    [UInt8](try Data(contentsOf: URL(filePath: try #require(Self.folder) + "/png/\(name).png")))
  }

  @Test(
    "valid files decode exactly, over black and over a color",
    .enabled(if: folder != nil, "set MILLRACE_PNGSUITE to the folder of PngSuite to run this"))
  func validFiles() throws {
    let valid = try names().filter { !$0.hasPrefix("x") }
    #expect(valid.count > 150)
    for name in valid {
      let json = try Data(contentsOf: URL(filePath: try #require(Self.folder) + "/json/\(name).json"))
      let bytes = try bytes(name)
      let header = try bytes.withUnsafeBytes { try ImageDecoder().readHeader($0) }
      let top = header.bitDepth == 16 ? 65_535 : 255
      let rgba = try JSONDecoder().decode([Int].self, from: json).map { ($0 * 255 + top / 2) / top }
      for background in [SIMD3<UInt8>.zero, SIMD3(200, 10, 90)] {
        let expected = stride(from: 0, to: rgba.count, by: 4).flatMap { i in
          (0..<3).map { channel in
            let alpha = rgba[i + 3]
            return UInt8((rgba[i + channel] * alpha + Int(background[channel]) * (255 - alpha) + 127) / 255)
          }
        }
        let image = try ImageDecoder(background: background).decodeCopy(bytes, channels: .rgb)
        #expect(image.pixels == expected, "\(name)")
      }
    }
  }

  @Test(
    "the 14 corrupt files are errors",
    .enabled(if: folder != nil, "set MILLRACE_PNGSUITE to the folder of PngSuite to run this"))
  func corruptFiles() throws {
    let corrupt = try names().filter { $0.hasPrefix("x") }
    #expect(corrupt.count == 14)
    for name in corrupt { #expect(try decodingError(try bytes(name)) != nil, "\(name)") }
  }
}
