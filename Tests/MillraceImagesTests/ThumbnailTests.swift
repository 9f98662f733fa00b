import MillraceImages
import Testing

struct ThumbnailTests {
  @Test func `A large image becomes the means of squares, those at the edges smaller`() {
    let image = Image(
      width: 257, height: 3, channels: .gray,
      pixels: (0..<3).flatMap { row in (0..<257).map { UInt8($0 == 256 ? 200 : row * 3) } })
    let thumbnail = image.thumbnail
    #expect(thumbnail.width == 86 && thumbnail.height == 1)
    #expect(thumbnail.pixels.first == 3)
    // The last square has two of its three columns: one of 0, 3, 6 and one of 200.
    #expect(thumbnail.pixels.last == UInt8((9 + 600 + 3) / 6))
  }

  @Test func `A small image stays as it is`() {
    let image = Image(width: 2, height: 1, channels: .rgb, pixels: [1, 2, 3, 4, 5, 6])
    #expect(image.thumbnail == image)
  }
}
