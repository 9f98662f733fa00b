import Foundation
import Testing

@testable import MillraceImages

/// Compares with pictures that other programs made of the same picture, in `Fixtures/References`.
struct ReferenceTests {
  private static func reference(_ name: String) throws -> Image {
    let file = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .appendingPathComponent("../Fixtures/References/\(name).ppm").standardizedFileURL
    let bytes = try Data(contentsOf: file)
    // "P6", width, height and 255 come before the pixels.
    let header = try #require(String(data: bytes.prefix(20), encoding: .isoLatin1))
    let words = header.split(maxSplits: 4, whereSeparator: \.isWhitespace)
    let (width, height) = (try #require(Int(words[1])), try #require(Int(words[2])))
    return Image(
      width: width, height: height, channels: .rgb, pixels: Array(bytes.suffix(width * height * 3)))
  }

  /// The difference between the rendered picture and the reference: the largest difference in levels, and the PSNR.
  private func compare(_ policy: String, with name: String) throws -> (levels: Int, psnr: Double) {
    let plan = draw(try AugmentationPolicy(parsing: policy), sample: 0)
    return try compare(plan, with: name)
  }

  private func compare(_ plan: AugmentationPlan, with name: String) throws -> (levels: Int, psnr: Double) {
    let source = try Self.reference("source")
    let expected = try Self.reference(name)
    let preprocessing = try Preprocessing(
      size: ImageSize(width: expected.width, height: expected.height), channels: .rgb)
    let row = try render(plan, source, width: expected.width, height: expected.height)
    let found = Image(rendering: row, preprocessing: preprocessing)
    let differences = zip(found.pixels, expected.pixels).map { abs(Int($0) - Int($1)) }
    let square = differences.reduce(0.0) { $0 + Double($1 * $1) } / Double(differences.count)
    return (differences.max() ?? 0, 10 * log10(255 * 255 / max(square, 1e-9)))
  }

  @Test(arguments: ["resize-16x16", "resize-20x12", "enlarge-75x55"])
  func `a plain resize is Pillow's antialiased bilinear one to a level`(name: String) throws {
    let result = try compare("none", with: name)
    #expect(result.levels <= 1 && result.psnr > 53, "\(result)")
  }

  @Test(arguments: ["brightness", "contrast", "saturation", "sharpen"], ["0.4", "1.7"])
  func `enhancements are Pillow's to a level`(name: String, factor: String) throws {
    let result = try compare("\(name):\(factor)..\(factor)", with: "\(name)-\(factor)")
    #expect(result.levels <= 1, "\(result)")
  }

  @Test(arguments: [
    ("equalize:1", "equalize"), ("autocontrast:1", "autocontrast"), ("invert:1", "invert"),
    ("posterize:2", "posterize-2"), ("posterize:5", "posterize-5"), ("solarize:40", "solarize-40"),
    ("solarize:128", "solarize-128"),
  ])
  func `operations on levels are exactly Pillow's`(policy: String, name: String) throws {
    #expect(try compare(policy, with: name).levels == 0)
  }

  @Test func `greys are Pillow's to a level`() throws {
    #expect(try compare("grayscale:1", with: "grayscale").levels <= 1)
  }

  @Test(arguments: [
    ("rotate:25..25", "rotate-25"), ("shear:x=18..18", "shear-18"), ("blur:1.3", "blur-1.3"),
  ])
  func `maps and the blur are SciPy's to 50 dB`(policy: String, name: String) throws {
    let result = try compare(policy, with: name)
    #expect(result.psnr > 50, "\(result)")
  }

  @Test func `the lens is SciPy's, which does not antialias the picture's edge where it shrinks`() throws {
    #expect(try compare("lens:k1=0.2..0.2;center=0", with: "lens-0.2").psnr > 40)
  }

  @Test func `the perspective map is SciPy's, which does not antialias the part that shrinks`() throws {
    let json = """
      {"source": {"width": 60, "height": 44}, "steps": [{"perspective": {
        "left1": 0.3, "top1": 0.1, "right2": 0.1, "top2": 0.2,
        "right3": 0.05, "bottom3": 0.25, "left4": 0.2, "bottom4": 0.15}}]}
      """
    let plan = try JSONDecoder().decode(AugmentationPlan.self, from: Data(json.utf8))
    let result = try compare(plan, with: "perspective")
    #expect(result.psnr > 37, "\(result)")
  }
}
