import Millrace
import Testing

@testable import MillraceReports

struct ComparisonPageTests {
  @Test func `Runs lie side by side with what sets them apart`() throws {
    var decayed = ReportPageTests.record(classes: ["cat", "dog"])
    let place = try #require(decayed.settings.firstIndex { $0.key == "weight-decay" })
    decayed.settings[place].text = "0.02"
    let plain = ReportPageTests.record(classes: ["cat", "dog"])
    let page = ComparisonPage(runs: [
      RunComparison.Run(name: "plain<i>", record: plain), RunComparison.Run(name: "decay", record: decayed),
    ]).html
    let reader = try #require(PageReader(page))
    #expect(reader.fetched.isEmpty && reader.count("i") == 0)
    let said = reader.text.split(whereSeparator: \.isWhitespace).joined(separator: " ")
    for text in [
      "2 runs side by side", "decay: weight-decay 0.02", "weight-decay 0.0001 0.02",
      "decay, epoch 2: 91.20 %", "plain<i>, epoch 2: 91.20 %",
    ] {
      let isThere = said.contains(text)
      #expect(isThere, "\(text)")
    }
    #expect(!reader.text.contains("batch-size"))
    // Histograms of the two runs share their scale.
    #expect(reader.count("rect", class: "f1") == 2 && reader.count("rect", class: "f2") == 2)
  }

  @Test func `Runs of one name are told apart by their paths`() {
    #expect(Report.names(of: ["a/1", "b/1"]) == ["a/1", "b/1"])
    #expect(Report.names(of: ["a/1", "b/2"]) == ["1", "2"])
  }
}
