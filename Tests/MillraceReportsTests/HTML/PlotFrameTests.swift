import Testing

@testable import MillraceReports

struct PlotFrameTests {
  @Test(arguments: [1.5e25, 1.5e-6, 0.5, 12_345])
  func `The numbers on the left have room`(largest: Double) throws {
    let plot = LinePlot(
      title: "Loss", scale: .number,
      series: [LinePlot.Series(name: "a", color: 1, points: [(1, 0), (2, largest)])])
    let reader = try #require(PageReader(plot.markup.document))
    let lefts = reader.elements.filter { $0.attributes["text-anchor"] == "end" }
      .compactMap { Double($0.attributes["x"] ?? "") }
    let longest = try #require(PlotAxis([0, largest]).ticks.map { Figures.significant($0).count }.max())
    // A character with a height of 11 pixels is about 6 wide.
    #expect(lefts.count > 2 && lefts.allSatisfy { $0 >= 6 * Double(longest) })
  }
}
