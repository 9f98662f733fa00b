import Testing

@testable import MillraceImages

struct RGBColorTests {
  @Test(
    arguments: [
      ("white", [255, 255, 255], "white"), ("Black", [0, 0, 0], "black"), ("grey", [128, 128, 128], "gray"),
      ("#ffcc00", [255, 204, 0], "#ffcc00"), ("#FC0", [255, 204, 0], "#ffcc00"),
      ("#000", [0, 0, 0], "black"),
      ("255,204,0", [255, 204, 0], "#ffcc00"), ("1, 2, 3", [1, 2, 3], "#010203"),
      ("0,0,255", [0, 0, 255], "blue"),
    ] as [(String, [UInt8], String)])
  func `A colour is read from any spelling, and printed in one that reads back`(
    text: String, components: [UInt8], printed: String
  ) throws {
    let color = try #require(RGBColor(text))
    #expect([color.red, color.green, color.blue] == components)
    #expect(color.description == printed && RGBColor(printed) == color)
  }

  @Test(arguments: [
    "", "whit", "#", "#ff", "#ffcc0", "#ffcc000", "#gggggg", "ffcc00", "256,0,0", "-1,0,0", "1,2", "1,2,3,4",
    "1,,3",
    "1.5,2,3", "#+12345",
  ])
  func `What is no colour is not read`(text: String) {
    #expect(RGBColor(text) == nil)
  }
}
