import Foundation
import Testing

@testable import MillraceImages

struct ElasticFieldTests {
  @Test(arguments: [(Float(4), Float(34), 28), (2, 10, 24), (6, 60, 32)])
  func `the rms displacement of each axis is α over σ times the root of 12π`(
    sigma: Float, alpha: Float, side: Int
  ) {
    let field = ElasticField()
    let size = ImageSize(width: side, height: side)
    var sums = SIMD2<Double>.zero
    var count = 0.0
    // A field has few independent spots, so many fields are averaged.
    for seed: UInt64 in 0..<60 {
      field.make([ElasticDisplacement(sigma: sigma, alpha: alpha, seed: seed)], size: size)
      for y in 0..<side {
        for x in 0..<side {
          sums.x += pow(Double(field.x[y * field.stride + x]), 2)
          sums.y += pow(Double(field.y[y * field.stride + x]), 2)
          count += 1
        }
      }
    }
    let expected = Double(alpha) / (Double(sigma) * (12 * Double.pi).squareRoot())
    // Both axes together are compared with the formula; each alone must be within what sampling allows.
    let rms = ((sums.x + sums.y) / (2 * count)).squareRoot()
    #expect(abs(rms / expected - 1) < 0.05, "\(rms) px, expected \(expected) px")
    #expect(abs((sums.x / count).squareRoot() / expected - 1) < 0.12)
    #expect(abs((sums.y / count).squareRoot() / expected - 1) < 0.12)
  }

  @Test func `a field is a function of its values alone`() {
    let (one, other) = (ElasticField(), ElasticField())
    let size = ImageSize(width: 13, height: 9)
    let displacement = ElasticDisplacement(sigma: 3, alpha: 20, seed: 77)
    other.make([ElasticDisplacement(sigma: 9, alpha: 100, seed: 5)], size: ImageSize(width: 40, height: 40))
    one.make([displacement], size: size)
    other.make([displacement], size: size)
    #expect((0..<9 * one.stride).allSatisfy { one.x[$0] == other.x[$0] && one.y[$0] == other.y[$0] })
    let first = (0..<13).map { one.x[$0] }
    one.make([ElasticDisplacement(sigma: 3, alpha: 20, seed: 78)], size: size)
    #expect(first != (0..<13).map { one.x[$0] })
  }

  @Test func `the picture is displaced by the field`() throws {
    let image = syntheticImage(width: 24, height: 24, channels: .gray)
    let displacement = ElasticDisplacement(sigma: 3, alpha: 30, seed: 3)
    let size = ImageSize(width: 24, height: 24)
    let geometry = WarpGeometry(
      output: size, picture: SourceWindow(of: size), window: SourceWindow(of: size), map: .identity,
      lens: nil, elastic: [displacement], border: .edge, background: .zero)
    var plane = [Float](repeating: .nan, count: 576)
    image.withView { Warper().warp($0, along: geometry, into: &plane) }
    let field = ElasticField()
    field.make([displacement], size: size)
    var worst = 0.0
    for y in 0..<24 {
      for x in 0..<24 {
        let dx = Double(field.x[y * field.stride + x])
        let dy = Double(field.y[y * field.stride + x])
        let point = SIMD2(min(23, max(0, Double(x) + dx)), min(23, max(0, Double(y) + dy)))
        worst = max(worst, abs(Double(plane[y * 24 + x]) - Reference.bilinear(image, point, 0, .edge)))
      }
    }
    #expect(worst < 0.02)
    #expect(field.largest > 0.5)
  }
}
