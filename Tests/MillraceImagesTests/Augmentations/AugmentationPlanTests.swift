import Foundation
import Testing

@testable import MillraceImages

struct AugmentationPlanTests {
  private func decode(_ json: String) throws -> AugmentationPlan {
    try JSONDecoder().decode(AugmentationPlan.self, from: Data(json.utf8))
  }

  @Test func `a plan is written with names`() throws {
    let json = #"{"source":{"height":36,"width":40},"steps":[{"flip":{}},{"rotate":{"degrees":7.25}}]}"#
    let plan = try decode(json)
    let encoder = JSONEncoder()
    encoder.outputFormatting = .sortedKeys
    #expect(String(decoding: try encoder.encode(plan), as: UTF8.self) == json)
    #expect(plan.description == "flip, rotate degrees=7.25")
    #expect(AugmentationPlan().description == "none")
  }

  @Test(arguments: [
    (#"[{"rotat":{"degrees":7}}]"#, "did you mean"),
    (#"[{"rotate":{"degrees":700}}]"#, "out of range"),
    (#"[{"rotate":{"degrees":7,"angle":3}}]"#, "angle"),
    (#"[{"rotate":{}}]"#, "degrees"),
    (#"[{"rotate":{"degrees":1},"flip":{}}]"#, "one augmentation"),
    (#"[{}]"#, "one augmentation"),
  ])
  func `a plan with anything wrong in it is refused`(steps: String, word: String) {
    do {
      _ = try decode(#"{"source":{"height":36,"width":40},"steps":\#(steps)}"#)
      Issue.record("\(steps) should be refused")
    } catch {
      #expect("\(error)".contains(word), "\(error)")
    }
  }

  @Test func `maps compose by matrix algebra, in the order of the list`() throws {
    let policy = try AugmentationPolicy(parsing: "rotate:30..30, translate:x=0.25..0.25;y=0..0, flip:1")
    var composition = Composition()
    composition.begin(
      source: ImageSize(width: 40, height: 40), grid: PixelGrid(), output: ImageSize(width: 20, height: 20),
      channels: .gray)
    draw(policy, sample: 0).compose(into: &composition)
    // This is where a point of the upright picture is seen: it is turned, then moved, then mirrored.
    let forward =
      ProjectiveMap.scale(x: -1, y: 1) * .translation(x: 5, y: 0) * .rotation(degrees: 30)
    for point: SIMD2<Double> in [[0, 0], [3, -4], [-9.5, 9.5]] {
      let seen = forward(point.x, point.y)
      let back = composition.map(seen.x, seen.y)
      #expect(abs(back.x - point.x) < 1e-6 && abs(back.y - point.y) < 1e-6)
    }
  }

  @Test func `turning by twelve degrees thirty times, composed, loses nothing`() throws {
    let image = syntheticImage(width: 48, height: 48, channels: .gray)
    let plain = try augmented("none", image, width: 48, height: 48)
    let composed = try augmented(
      Array(repeating: "rotate:12..12", count: 30).joined(separator: ", "), image, width: 48, height: 48)
    var chained = image
    for _ in 0..<30 {
      let row = try augmented("rotate:12..12", chained, width: 48, height: 48).map { $0 / 255 }
      let preprocessing = try Preprocessing(size: ImageSize(width: 48, height: 48), channels: .gray)
      chained = Image(rendering: row, preprocessing: preprocessing)
    }
    // Only the circle that never leaves the image counts, so that the border plays no part.
    let inside = (0..<48 * 48).filter { hypot(Double($0 % 48) - 23.5, Double($0 / 48) - 23.5) < 22 }
    func psnr(_ values: (Int) -> Float) -> Double {
      let squares = inside.reduce(0.0) { $0 + pow(Double(values($1) - plain[$1]), 2) }
      return 10 * log10(255 * 255 / max(1e-9, squares / Double(inside.count)))
    }
    let composedQuality = psnr { composed[$0] }
    let chainedQuality = psnr { Float(chained.pixels[$0]) }
    #expect(composedQuality > 70, "\(composedQuality) dB composed, \(chainedQuality) dB chained")
    #expect(
      composedQuality > chainedQuality + 30, "\(composedQuality) dB composed, \(chainedQuality) dB chained")
  }
}
