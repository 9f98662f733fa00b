import Foundation
import MillraceRandom
import Testing

@testable import MillraceImages

struct PictureFitTests {
  private static let background: SIMD3<UInt8> = [10, 200, 90]

  /// The pixels of an image as a network sees them, on a scale from 0 to 255: planes of channels.
  private func seen(
    _ image: Image, _ fit: PictureFit, width: Int = 32, height: Int = 32, policy: String = "none",
    sample: Int = 0
  ) throws -> [Float] {
    let preprocessing = try Preprocessing(
      size: ImageSize(width: width, height: height), channels: image.channels, background: Self.background,
      fit: fit)
    var plan = AugmentationPlan()
    try AugmentationPolicy(parsing: policy).draw(
      from: .init(seed: 7, purpose: .augmentation, epoch: 0, sample: sample),
      source: ImageSize(width: image.width, height: image.height), output: preprocessing.size, fit: fit,
      into: &plan)
    var row = [Float](repeating: .nan, count: preprocessing.featureCount)
    let executor = AugmentationExecutor(preprocessing: preprocessing)
    image.withView { executor.carryOut(plan, on: $0, into: &row) }
    return row.map { $0 * 255 }
  }

  private func plain(width: Int, height: Int, level: UInt8 = 128) -> Image {
    Image(
      width: width, height: height, channels: .gray, pixels: Array(repeating: level, count: width * height))
  }

  @Test func `Padding shows all of a picture, and the background beside, to parts of pixels`() throws {
    let ground = (0.299 * 10 + 0.587 * 200 + 0.114 * 90 as Float).rounded()
    // 40 × 20 becomes 32 × 16.
    let wide = try seen(plain(width: 40, height: 20), .pad)
    for y in 0..<32 {
      for x in 0..<32 { #expect(abs(wide[y * 32 + x] - ((8..<24).contains(y) ? 128 : ground)) < 0.01) }
    }
    // 20 × 30 becomes 21⅓ × 32: a third of the fifth column from the left is covered, and of the fifth from the
    // right.
    let tall = try seen(plain(width: 20, height: 30), .pad)
    for x in 0..<32 {
      let share: Float = x == 5 || x == 26 ? 2.0 / 3 : (6..<26).contains(x) ? 1 : 0
      #expect(abs(tall[9 * 32 + x] - (128 * share + ground * (1 - share))) < 0.01, "column \(x)")
    }
    let mirrored = try seen(plain(width: 20, height: 30), .padReflect)
    #expect(mirrored.allSatisfy { abs($0 - 128) < 0.01 })
  }

  @Test func `Stretching shows all of a picture`() throws {
    // There is a ramp from left to right, and one from top to bottom.
    var pixels: [UInt8] = []
    for y in 0..<10 { for x in 0..<40 { pixels.append(UInt8(4 * x + 8 * y)) } }
    let image = Image(width: 40, height: 10, channels: .gray, pixels: pixels)
    let row = try seen(image, .stretch, width: 20, height: 10)
    for y in 1..<9 {
      for x in 1..<19 { #expect(abs(row[y * 20 + x] - Float(8 * x + 2 + 8 * y)) < 0.01) }
    }
  }

  @Test(arguments: PictureFit.allCases, [(48, 30), (30, 48), (32, 32), (7, 60), (1, 9)])
  func `Augmentation begins where evaluation leaves a picture`(fit: PictureFit, size: (Int, Int)) throws {
    let image = syntheticImage(width: size.0, height: size.1, channels: .rgb)
    for (width, height) in [(24, 24), (24, 16)] {
      let evaluated = try seen(image, fit, width: width, height: height)
      // This is a crop of everything, which the plain crop of another shape cannot be.
      if fit != .crop {
        let cropped = try seen(image, fit, width: width, height: height, policy: "crop:1;ratio=1")
        #expect(largestDifference(cropped, evaluated) < 0.01)
      }
      // This takes the general way, of which the axis-aligned one is a short cut.
      let turned = try seen(image, fit, width: width, height: height, policy: "rotate:0.0001..0.0001")
      let mean = zip(turned, evaluated).reduce(0) { $0 + abs($1.0 - $1.1) } / Float(turned.count)
      // The general way averages before it mirrors, which shows where a narrow picture is mirrored again and again.
      let isMirroredOften = fit == .padReflect && size.1 > 3 * size.0
      #expect(mean < (isMirroredOften ? 30 : 6), "\(mean)")
      let mirrored = try seen(image, fit, width: width, height: height, policy: "flip:1")
      for y in 0..<height {
        for x in 0..<width {
          #expect(abs(mirrored[y * width + x] - evaluated[y * width + width - 1 - x]) < 0.01)
        }
      }
    }
  }

  @Test func `What lies outside is what pads, whatever the policy says`() throws {
    let image = syntheticImage(width: 48, height: 30, channels: .rgb)
    for fit in [PictureFit.pad, .padReflect] {
      let moved = try seen(image, fit, policy: "rotate:30..30")
      #expect(try seen(image, fit, policy: "rotate:30..30, border:edge") == moved)
    }
    #expect(
      try seen(image, .stretch, policy: "rotate:30..30, border:edge")
        != seen(image, .stretch, policy: "rotate:30..30"))
  }

  @Test func `The share that a crop cuts off is known`() {
    let square = ImageSize(width: 32, height: 32)
    #expect(PictureFit.crop.cutShare(of: ImageSize(width: 40, height: 20), to: square) == 0.5)
    #expect(PictureFit.crop.cutShare(of: ImageSize(width: 30, height: 40), to: square) == 0.25)
    #expect(
      PictureFit.crop.cutShare(of: ImageSize(width: 64, height: 32), to: ImageSize(width: 8, height: 4)) == 0)
    #expect(PictureFit.pad.cutShare(of: ImageSize(width: 40, height: 20), to: square) == 0)
  }

  // MARK: Golden pictures

  /// Three draws of a photograph of another shape for each fit, preceded by its evaluation. See
  /// `AugmentationGoldenTests`.
  @Test(arguments: PictureFit.allCases)
  func `Pictures of another shape stay what they were`(fit: PictureFit) throws {
    let image = syntheticImage(width: 60, height: 36, channels: .rgb)
    let rows = try ["none", "crop:0.5..0.8, flip:0.5", "rotate:25..25, scale:0.8..0.8"].map {
      try seen(image, fit, width: 24, height: 24, policy: $0, sample: 2)
    }
    var pixels: [UInt8] = []
    for y in 0..<24 {
      for row in rows {
        for x in 0..<24 {
          for channel in 0..<3 {
            pixels.append(UInt8(min(255, max(0, row[channel * 576 + y * 24 + x].rounded()))))
          }
        }
      }
    }
    let file = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .appendingPathComponent("../Fixtures/Goldens/fit-\(fit.rawValue).ppm").standardizedFileURL
    let header = Data("P6\n72 24\n255\n".utf8)
    if ProcessInfo.processInfo.environment["MILLRACE_RECORD_GOLDENS"] != nil {
      try (header + Data(pixels)).write(to: file)
      return
    }
    let golden = try Data(contentsOf: file)
    #expect(golden.count == header.count + pixels.count)
    let far = zip(golden.dropFirst(header.count), pixels).count { abs(Int($0) - Int($1)) > 1 }
    #expect(far <= pixels.count / 500, "\(far) values differ")
  }
}
