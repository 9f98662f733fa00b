import Testing

@testable import MillraceImages

struct ImageLookTests {
  private func look(width: Int, height: Int, _ level: (Int, Int) -> Int) -> ImageLook {
    var pixels: [UInt8] = []
    for y in 0..<height { for x in 0..<width { pixels.append(UInt8(level(x, y))) } }
    return Image(width: width, height: height, channels: .gray, pixels: pixels).withView { ImageLook($0) }
  }

  @Test func `The levels are those that nearly all pixels have`() {
    // One pixel in two hundred is black, and as many are white.
    let speckled = look(width: 20, height: 20) { x, y in
      (x, y) == (3, 3) || (x, y) == (9, 9) ? 0 : (x, y) == (5, 5) || (x, y) == (7, 7) ? 255 : 102 + y % 2
    }
    #expect(speckled.darkest == 0.4 && abs(speckled.lightest - 103.0 / 255) < 1e-9)
    let plain = look(width: 9, height: 9) { _, _ in 51 }
    #expect(plain.darkest == 0.2 && plain.contrast == 0 && plain.sharpness == nil)
    #expect(plain.mean == 0.2 && abs(look(width: 4, height: 4) { x, _ in 51 * x }.mean - 0.3) < 1e-9)
    #expect(look(width: 2, height: 9) { x, y in 20 * (x + y) }.sharpness == nil)
  }

  @Test func `Sharpness is the deviation from the neighbours' mean in units of all deviation`() throws {
    // On a chessboard each pixel differs from its neighbours' mean by twice the deviation.
    let board = look(width: 16, height: 16) { x, y in (x + y) % 2 * 200 }
    #expect(abs(try #require(board.sharpness) - 2) < 1e-9)
    // Nothing is smoother than a ramp.
    #expect(try #require(look(width: 16, height: 16) { x, _ in 10 * x }.sharpness) == 0)
    // An edge is drawn out over more and more pixels.
    let edges = [1, 4, 16].map { width in
      look(width: 64, height: 64) { x, _ in max(0, min(200, 100 + 100 * (2 * x - 63) / width)) }.sharpness
        ?? 0
    }
    #expect(edges[0] > 2 * edges[1] && edges[1] > 2 * edges[2])
  }
}
