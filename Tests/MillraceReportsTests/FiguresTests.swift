import MillraceReports
import Testing

struct FiguresTests {
  @Test(arguments: [
    (0, "0"), (999, "999"), (1000, "1,000"), (-1_234_567, "-1,234,567"), (1_000_001, "1,000,001"),
  ])
  func thousandsStandApart(value: Int, text: String) {
    #expect(Figures.count(value) == text)
  }

  @Test(arguments: [(12.34, "12.3"), (99.96, "100"), (12_345.6, "12,346"), (.infinity, "–")])
  func ratesHaveThreeFiguresOrTheirWholePart(value: Double, text: String) {
    #expect(Figures.rate(value) == text)
  }

  @Test(arguments: [
    (7.0, "7"), (999.4, "999"), (999.6, "1.0k"), (12_345, "12.3k"), (123_456, "123k"), (1.5e6, "1.5M"),
  ])
  func shortRatesTakeFewColumns(value: Double, text: String) {
    #expect(Figures.shortRate(value) == text)
  }

  @Test(arguments: [
    (0.0, "0:00"), (7.4, "0:07"), (754, "12:34"), (3723, "1:02:03"), (.nan, "–"), (-1, "0:00"),
  ])
  func timesReadLikeAClock(seconds: Double, text: String) {
    #expect(Figures.clock(seconds) == text)
  }

  @Test func percentagesOfNothingAreNoNumber() {
    #expect(Figures.percent(0.91234) == "91.2 %")
    #expect(Figures.percent(.nan) == "–")
  }
}
