import MillraceImages
import Testing

struct ContactSheetTests {
  private func picture(_ value: UInt8, width: Int = 2, height: Int = 1) -> Image {
    Image(
      width: width, height: height, channels: .gray, pixels: Array(repeating: value, count: width * height))
  }

  @Test func picturesStandInRowsAndTheFirstApart() {
    var sheet = ContactSheet(rows: [[picture(200), picture(100), picture(50)], [picture(7)]])
    sheet.gap = 1
    sheet.gapAfterFirst = 2
    sheet.background = 0
    sheet.smallestSide = 1
    let image = sheet.image
    #expect(image.width == 12 && image.height == 5)
    let rows = (0..<5).map { Array(image.pixels[$0 * 12..<($0 + 1) * 12]) }
    #expect(rows[1] == [0, 200, 200, 0, 0, 0, 100, 100, 0, 50, 50, 0])
    #expect(rows[3] == [0, 7, 7, 0, 0, 0, 0, 0, 0, 0, 0, 0])
    #expect(rows[0] + rows[2] + rows[4] == Array(repeating: 0, count: 36))
  }

  @Test func smallPicturesAreEnlargedByAWholeFactor() {
    var sheet = ContactSheet(rows: [[picture(9, width: 3, height: 2)]])
    sheet.gap = 0
    sheet.smallestSide = 7
    #expect(sheet.image == picture(9, width: 9, height: 6))
  }

  @Test func colourStaysColour() {
    let red = Image(width: 1, height: 1, channels: .rgb, pixels: [255, 0, 0])
    var sheet = ContactSheet(rows: [[red]])
    sheet.gap = 0
    sheet.smallestSide = 2
    #expect(sheet.image.pixels == [255, 0, 0, 255, 0, 0, 255, 0, 0, 255, 0, 0])
  }

  @Test func noPicturesAreASinglePixel() {
    #expect(ContactSheet(rows: []).image.width == 1)
  }
}
