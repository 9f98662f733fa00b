import Testing

@testable import MillraceImages

struct PerceptualHashTests {
  private func picture(_ side: Int, _ level: (Double, Double) -> Double) -> Image {
    let pixels = (0..<side * side).map { index in
      UInt8(level(Double(index % side) / Double(side), Double(index / side) / Double(side)))
    }
    return Image(width: side, height: side, channels: .gray, pixels: pixels)
  }

  private func hash(_ image: Image) -> PerceptualHash { image.withView { PerceptualHash($0) } }

  @Test("size and a little light change little, another picture much", arguments: [5, 20, 33, 200])
  func closeness(side: Int) {
    let shape = { (x: Double, y: Double) in 120 + 80 * (x - 0.3) * y + (x > 0.6 && y > 0.2 ? 50 : 0) }
    let base = hash(picture(64, shape))
    let other = hash(picture(side, { 8 + shape($0, $1) }))
    let different = hash(picture(side, { 120 + 80 * ($1 - 0.3) * $0 - ($0 < 0.4 && $1 > 0.5 ? 50 : 0) }))
    if side >= 33 { #expect(base.distance(to: other) <= 7) }
    #expect(base.distance(to: different) > 12)
    #expect(base.distance(to: base) == 0 && base.largestDifference(to: base) == 0)
    if side >= 64 { #expect((8...12).contains(base.largestDifference(to: other))) }
  }

  @Test("the contrast is that of the cells")
  func contrast() {
    #expect(hash(picture(16, { _, _ in 77 })).contrast == 0)
    #expect(hash(picture(16, { x, _ in x < 0.5 ? 10 : 110 })).contrast == 100)
  }
}
