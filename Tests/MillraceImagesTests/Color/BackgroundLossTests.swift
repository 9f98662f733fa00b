import Testing

@testable import MillraceImages

struct BackgroundLossTests {
  /// The lost share of a picture of ten by ten pixels, each with red, green, blue and opacity.
  private func share(
    on background: SIMD3<UInt8>, channels: Channels = .rgb,
    _ pixel: (Int) -> (color: SIMD3<UInt8>, opacity: UInt8)
  ) -> Double? {
    func over(_ behind: Float) -> Image {
      var pixels: [UInt8] = []
      for place in 0..<100 {
        let (color, opacity) = pixel(place)
        let share = Float(opacity) / 255
        let seen = SIMD3<Float>(color) * share + behind * (1 - share)
        switch channels {
        case .rgb: pixels += [seen.x, seen.y, seen.z].map { UInt8($0.rounded()) }
        case .gray: pixels.append(UInt8(Luma.of(seen).rounded()))
        }
      }
      return Image(width: 10, height: 10, channels: channels, pixels: pixels)
    }
    return over(0).withView { black in
      over(255).withView { BackgroundLoss(onBlack: black, onWhite: $0, background: background).share }
    }
  }

  @Test(arguments: Channels.allCases)
  func `A drawing is lost on its own colour and on no other`(channels: Channels) throws {
    func drawing(_ color: SIMD3<UInt8>, on background: SIMD3<UInt8>) -> Double? {
      share(on: background, channels: channels) { $0 < 30 ? (color, 255) : ([9, 9, 9], 0) }
    }
    #expect(drawing([0, 0, 0], on: [0, 0, 0]) == 1)
    #expect(drawing([0, 0, 0], on: [255, 255, 255]) == 0)
    #expect(drawing([255, 255, 255], on: [255, 255, 255]) == 1)
    #expect(drawing([255, 255, 255], on: [0, 0, 0]) == 0)
    #expect(drawing([250, 210, 10], on: [255, 204, 0]) == 1)
    #expect(drawing([12, 12, 12], on: [0, 0, 0]) == 1)
    #expect(drawing([30, 30, 30], on: [0, 0, 0]) == 0)
    // This colour has the same grey, so it is lost where colour is not kept.
    #expect(drawing([0, 0, 255], on: [29, 29, 29]) == (channels == .gray ? 1 : 0))
  }

  @Test func `Opacity is what counts`() throws {
    // There are twenty black pixels and ten white ones, all half transparent.
    let half = try #require(
      share(on: [0, 0, 0]) {
        $0 < 20 ? ([0, 0, 0], 128) : $0 < 30 ? ([255, 255, 255], 128) : ([0, 0, 0], 0)
      })
    #expect(abs(half - 2.0 / 3) < 1e-6)
    // There is a faint black shadow around a white thing.
    let shadow = try #require(share(on: [0, 0, 0]) { $0 < 20 ? ([255, 255, 255], 255) : ([0, 0, 0], 26) })
    #expect(abs(shadow - 8.16 / 28.16) < 0.01)
  }

  @Test func `An image without transparency, and one without anything, lose nothing`() {
    #expect(share(on: [0, 0, 0]) { _ in ([0, 0, 0], 255) } == nil)
    #expect(share(on: [0, 0, 0]) { _ in ([0, 0, 0], 0) } == nil)
    #expect(share(on: [0, 0, 0]) { $0 == 0 ? ([0, 0, 0], 0) : ([0, 0, 0], 255) } == 1)
  }
}
