import Testing

@testable import MillraceReports

struct PlotAxisTests {
  @Test(arguments: [
    [0.0, 1], [0.31, 2.4], [0.913, 0.9871], [1e-7, 3e-7], [-4, 12_345], [5], [0], [-3],
    [0.1, .infinity, .nan], [],
  ])
  func `An axis has a few round numbers, and all values lie on it`(values: [Double]) {
    let axis = PlotAxis(values)
    #expect((2...9).contains(axis.ticks.count), "\(axis.ticks)")
    #expect(values.filter(\.isFinite).allSatisfy { (-1e-9...1 + 1e-9).contains(axis.place($0)) })
    #expect(axis.ticks.allSatisfy { (-1e-9...1 + 1e-9).contains(axis.place($0)) })
    let texts = axis.ticks.map(Figures.significant)
    #expect(Set(texts).count == texts.count, "two numbers are written alike: \(texts)")
  }

  @Test func `A share's axis does not go beyond one`() {
    #expect(PlotAxis([0.62, 0.97], within: 0...1).range.upperBound == 1)
  }

  @Test(arguments: [
    (1.0, [1.0, 2.0]), (6.0, [1.0, 2.0, 4.0, 6.0]), (30.0, [1.0, 10.0, 20.0, 30.0]),
    (800.0, [1.0, 200.0, 400.0, 600.0, 800.0]),
  ])
  func `Epochs are counted from one, in whole steps`(last: Double, ticks: [Double]) {
    #expect(PlotAxis(epochs: [1, last]).ticks == ticks)
  }
}
