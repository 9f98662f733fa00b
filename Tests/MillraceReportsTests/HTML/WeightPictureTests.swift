import MillraceImages
import MillraceTraining
import Testing

@testable import MillraceReports

struct WeightPictureTests {
  @Test(arguments: [Channels.gray, .rgb])
  func `Weights whose inverse is infinite, or that are not finite, have a picture`(channels: Channels) {
    let units: [[Float]] = [[.leastNonzeroMagnitude, 0], [.infinity, -1], [.nan, 1], [0, 0]]
    let weights = FirstLayerWeights(
      size: ImageSize(width: 2, height: 1), channels: channels, unitCount: units.count,
      units: units.map { unit in (0..<channels.rawValue).flatMap { _ in unit } })
    let full: [UInt8] = channels == .gray ? [255, 0, 0] : [255, 255, 255]
    let zero: [UInt8] = channels == .gray ? [255, 255, 255] : [128, 128, 128]
    let expected = [full + zero, zero + zero, zero + full, zero + zero]
    for (unit, pixels) in expected.enumerated() {
      #expect(weights.picture(of: unit).pixels == pixels)
    }
  }
}
