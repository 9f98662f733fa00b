import MillraceModels
import MillraceReports
import Testing

struct ConfusionTextTests {
  private let text = ConfusionText(
    classes: ["cat", "dog", "ox"], matrix: ConfusionMatrix(rows: [[12, 3, 0], [1, 9, 0], [0, 0, 104]]))

  @Test func aMatrixThatFitsIsShownWhole() {
    #expect(
      text.lines(width: nil) == [
        "confusion: rows true, columns predicted",
        "    cat dog  ox",
        "cat  12   3   .",
        "dog   1   9   .",
        "ox    .   . 104",
      ])
  }

  @Test func namesGiveWayToNumbersWhereRoomIsShort() {
    let classes = ["a-rather-long-name", "another-long-name", "c"]
    let text = ConfusionText(
      classes: classes, matrix: ConfusionMatrix(rows: [[12, 3, 0], [1, 9, 0], [0, 0, 104]]))
    #expect(
      text.lines(width: 30).dropFirst() == [
        "                       0   1   2".replacing(
          "                       ", with: "                     "),
        "0 a-rather-long-n…  12   3   .",
        "1 another-long-na…   1   9   .",
        "2 c                  .   . 104",
      ])
  }

  @Test func withoutRoomForTheMatrixThePairsMostOftenConfusedAreNamed() {
    #expect(text.lines(width: 12).first == "most often confused (the whole matrix: --json)")
    let many = (0..<100).map { "class\($0)" }
    var counts = (0..<100).map { row in (0..<100).map { $0 == row ? 7 : 0 } }
    counts[3][97] = 2
    counts[5][4] = 3
    #expect(
      ConfusionText(classes: many, matrix: ConfusionMatrix(rows: counts)).lines(width: nil) == [
        "most often confused (the whole matrix: --json)",
        "images  of class  taken for",
        "     3  class5    class4",
        "     2  class3    class97",
      ])
  }

  @Test func nothingConfusedIsSaid() {
    let many = (0..<100).map { "class\($0)" }
    let counts = (0..<100).map { row in (0..<100).map { $0 == row ? 7 : 0 } }
    #expect(
      ConfusionText(classes: many, matrix: ConfusionMatrix(rows: counts)).lines(width: nil) == [
        "no image was taken for another class"
      ])
  }
}
