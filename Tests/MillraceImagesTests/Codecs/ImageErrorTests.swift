import Testing

@testable import MillraceImages

struct ImageErrorTests {
  static let size = ImageSize(width: 10, height: 20)
  static let errors: [ImageError] = [
    .empty, .notAnImage(start: [0, 10]), .foreign(ForeignFormat(name: "a GIF image", cure: "remove it")),
    .truncated(.png, reason: "why"), .corrupt(.jpeg, reason: "why"),
    .unsupported(.jpeg, reason: "why"), .tooManyPixels(.png, size: size, limit: 7), .tooManyScans(limit: 7),
    .chunkTooLarge(chunk: "zTXt", bytes: 9, limit: 7), .outOfMemory(.png, size: size),
    .notEncodable(.jpeg, size: size, limit: 7),
  ]

  @Test("a message is one line", arguments: errors)
  func oneLine(error: ImageError) {
    #expect(!error.description.contains("\n"))
    #expect(!error.description.isEmpty)
  }

  @Test("a refusal names its limit and the flag that raises it")
  func flags() {
    #expect(
      ImageError.tooManyPixels(.png, size: Self.size, limit: 7).description
        == "PNG of 10×20, the limit is 7 pixels; scale it down, or raise the limit with --max-pixels 200")
    #expect(ImageError.tooManyScans(limit: 7).description.contains("more than 7 scans"))
    #expect(ImageError.tooManyScans(limit: 7).description.contains("--max-scans"))
    #expect(
      ImageError.chunkTooLarge(chunk: "zTXt", bytes: 9, limit: 7).description.contains("--max-chunk-bytes 9"))
    #expect(ImageError.truncated(.png, reason: "").description.contains("--allow-truncated"))
  }
}
