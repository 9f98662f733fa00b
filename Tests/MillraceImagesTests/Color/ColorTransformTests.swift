import Foundation
import Testing

@testable import MillraceImages

struct ColorTransformTests {
  private let image = syntheticImage(width: 20, height: 16, channels: .rgb)

  /// Applies a formula to each pixel; values are rounded only at the end.
  private func expected(_ formula: ([Double], Double) -> [Double]) -> [Float] {
    let pixels = stride(from: 0, to: image.pixels.count, by: 3).map { i in
      (0..<3).map { Double(image.pixels[i + $0]) }
    }
    let grey = pixels.reduce(0.0) { $0 + luma($1) } / Double(pixels.count)
    let changed = pixels.map { formula($0, grey).map { min(255, max(0, $0)) } }
    return (0..<3).flatMap { channel in changed.map { Float($0[channel]) } }
  }

  private func luma(_ c: [Double]) -> Double { 0.299 * c[0] + 0.587 * c[1] + 0.114 * c[2] }

  private func distance(_ a: SIMD3<Float>, _ b: SIMD3<Float>) -> Float {
    let difference = a - b
    return (difference * difference).sum().squareRoot()
  }

  @Test(arguments: [Float(0), 0.4, 1, 1.7, 3])
  func `brightness, contrast and saturation follow their formulas`(factor: Float) throws {
    let f = Double(factor)
    for (name, formula): (String, ([Double], Double) -> [Double]) in [
      ("brightness", { c, _ in c.map { $0 * f } }),
      ("contrast", { c, grey in c.map { grey + f * ($0 - grey) } }),
      ("saturation", { c, _ in c.map { luma(c) + f * ($0 - luma(c)) } }),
    ] {
      let found = try augmented("\(name):\(factor)..\(factor)", image, width: 20, height: 16)
      #expect(largestDifference(found, expected(formula)) < 0.02, "\(name)")
    }
  }

  @Test func `a chain composes into one transform, contrast's pivot being the mean at its place`() throws {
    // The factors are so small that nothing is clamped on the way.
    let policy = "brightness:0.8..0.8, contrast:0.7..0.7, saturation:0.5..0.5, contrast:1.2..1.2"
    let found = try augmented(policy, image, width: 20, height: 16)
    let wanted = expected { color, grey in
      var c = color.map { $0 * 0.8 }
      let g = grey * 0.8
      c = c.map { g + 0.7 * ($0 - g) }
      let l = luma(c)
      c = c.map { l + 0.5 * ($0 - l) }
      return c.map { g + 1.2 * ($0 - g) }
    }
    #expect(largestDifference(found, wanted) < 0.02)
    var composition = Composition()
    composition.begin(
      source: ImageSize(width: 20, height: 16), grid: PixelGrid(), output: ImageSize(width: 20, height: 16),
      channels: .rgb)
    draw(try AugmentationPolicy(parsing: policy), sample: 0).compose(into: &composition)
    #expect(composition.steps.count == 1)
  }

  @Test func `hue keeps luma and greys and comes back after a full turn`() throws {
    for degrees: Float in [30, 120, -75] {
      let transform = ColorTransform.hue(degrees: degrees)
      for color: SIMD3<Float> in [[200, 40, 90], [10, 250, 130], [77, 77, 77]] {
        let turned = transform.pixel * color
        #expect(abs(Luma.of(turned) - Luma.of(color)) < 0.01)
        if color.x == color.y { #expect(distance(turned, color) < 0.01) }
      }
    }
    let there = ColorTransform.hue(degrees: 100).followed(by: .hue(degrees: -100))
    #expect(distance(there.pixel * SIMD3(200, 40, 90), SIMD3(200, 40, 90)) < 0.01)
    // From red towards yellow, green rises.
    let red = ColorTransform.hue(degrees: 30).pixel * SIMD3(200, 0, 0)
    #expect(red.y > red.z)
  }

  @Test func `saturation and hue leave gray images alone`() throws {
    let gray = syntheticImage(width: 12, height: 12, channels: .gray)
    let plain = try augmented("none", gray, width: 12, height: 12)
    let found = try augmented("saturation:1, jitter:0;hue=90", gray, width: 12, height: 12)
    #expect(largestDifference(found, plain) < 0.001)
  }

  @Test func `normalisation comes last, fused with the colours or not`() throws {
    let normalization = Normalization(mean: [0.4, 0.5, 0.6], standardDeviation: [0.2, 0.25, 0.5])
    let preprocessing = try Preprocessing(
      size: ImageSize(width: 20, height: 16), channels: .rgb, normalization: normalization)
    let executor = AugmentationExecutor(preprocessing: preprocessing)
    for text in ["none", "brightness:0.5..0.5"] {
      let plan = draw(try AugmentationPolicy(parsing: text), sample: 0)
      let plain = try render(plan, image, width: 20, height: 16)
      var row = [Float](repeating: .nan, count: preprocessing.featureCount)
      image.withView { executor.carryOut(plan, on: $0, into: &row) }
      for (index, value) in row.enumerated() {
        let channel = index / 320
        let wanted = (plain[index] - normalization.mean[channel]) / normalization.standardDeviation[channel]
        #expect(abs(value - wanted) < 1e-4)
      }
      let picture = Image(rendering: row, preprocessing: preprocessing)
      for (index, value) in plain.enumerated() {
        let (channel, pixel) = (index / 320, index % 320)
        #expect(abs(Float(picture.pixels[pixel * 3 + channel]) - value * 255) <= 0.51)
      }
    }
  }
}
