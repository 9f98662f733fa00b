import MillraceReports
import Testing

struct TextTableTests {
  private var table: TextTable {
    var table = TextTable([.text("path", keeping: .end), .text("class"), .number("probability")])
    table.add(["photos/cats/the-name-of-a-file.jpg", "cat", "98.3 %"])
    table.add(["a.png", "tabby", "7.0 %"])
    return table
  }

  @Test func textStandsLeftAndNumbersRightWithoutTrailingSpaces() {
    #expect(
      table.lines(width: nil) == [
        "path                                class  probability",
        "photos/cats/the-name-of-a-file.jpg  cat         98.3 %",
        "a.png                               tabby        7.0 %",
      ])
  }

  @Test func theWidestTextIsCutWhereItTellsLeast() {
    #expect(
      table.lines(width: 40) == [
        "path                  class  probability",
        "…e-name-of-a-file.jpg  cat         98.3 %".replacing(
          "…e-name-of-a-file.jpg", with: "…-name-of-a-file.jpg"),
        "a.png                 tabby        7.0 %",
      ])
  }

  @Test func rowsBecomeBlocksWhereColumnsDoNotFit() {
    #expect(
      table.lines(width: 24) == [
        "path         …a-file.jpg",
        "  class        cat",
        "  probability  98.3 %",
        "path         a.png",
        "  class        tabby",
        "  probability  7.0 %",
      ])
  }

  @Test(arguments: 1...80) func noLineIsWiderThanAsked(width: Int) {
    for line in table.lines(width: width) where width >= 24 {
      #expect(line.displayWidth <= width)
    }
  }

  @Test func wideCharactersTakeTwoColumns() {
    var table = TextTable([.text("class"), .number("n")])
    table.add(["猫", "1"])
    table.add(["dog", "2"])
    #expect(table.lines(width: nil) == ["class  n", "猫     1", "dog    2"])
  }

  @Test func controlCharactersOfNamesAreSpelledOut() {
    var table = TextTable([.text("path"), .number("n")])
    table.add(["a\nb\u{1B}[31m", "1"])
    #expect(table.lines(width: nil)[1] == "a\\x0Ab\\x1B[31m  1")
  }
}
