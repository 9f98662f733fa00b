/// A histogram of values as bars; the heights follow the square root of the counts, so that rare values are seen
/// beside frequent ones.
struct HistogramPlot: Sendable {
  /// Counts over equal parts of a range.
  struct Counts: Sendable {
    var range: ClosedRange<Double>
    var counts: [Int]

    /// The width of a part.
    fileprivate var binWidth: Double {
      (range.upperBound - range.lowerBound) / Double(max(1, counts.count))
    }
    /// Each part's lower end, and its count for a unit of width, so that parts of different widths can be compared.
    fileprivate var densities: [(low: Double, density: Double)] {
      let width = max(binWidth, 1e-30)
      return counts.enumerated().map {
        (range.lowerBound + Double($0.offset) * width, Double($0.element) / width)
      }
    }
    fileprivate var highest: Double { densities.map(\.density).max() ?? 0 }
  }

  var title: String
  var note: String?
  var counts: Counts
  /// An earlier state, drawn as an outline.
  var before: Counts?
  var color = 1
  /// The range that is shown; nil: the range of the values.
  var range: ClosedRange<Double>?
  /// The density that fills the height; nil: the highest.
  var highest: Double?

  /// The picture with its title.
  var markup: Markup {
    let ranges = [counts.range] + [before?.range].compactMap { $0 }
    let low = range?.lowerBound ?? ranges.map(\.lowerBound).min() ?? 0
    let high = range?.upperBound ?? ranges.map(\.upperBound).max() ?? 1
    let top = highest ?? max(counts.highest, before?.highest ?? 0)
    let frame = PlotFrame(
      x: PlotAxis([low, high], count: 4), y: PlotAxis([0, 1], within: 0...1, count: 1), xName: "weight",
      yName: "frequency, on a root scale",
      height: 130, left: 12, xText: Figures.significant, yText: { _ in "" })
    func height(_ density: Double) -> Double {
      frame.up(top > 0 ? (density / top).squareRoot() : 0)
    }
    let bars = counts.densities.filter { $0.density > 0 }.map { low, density in
      let (left, right) = (frame.across(low), frame.across(low + counts.binWidth))
      return tag(
        "rect",
        [
          "class": "bar f\((color - 1) % 8 + 1)", "x": left.coordinate, "y": height(density).coordinate,
          "width": max(0.6, right - left - 0.3).coordinate,
          "height": max(0.5, frame.bottom - height(density)).coordinate,
        ])
    }
    let outline = before.map { before in
      var path = "M\(frame.across(before.range.lowerBound).coordinate) \(frame.bottom.coordinate)"
      for (low, density) in before.densities {
        path += "V\(height(density).coordinate)H\(frame.across(low + before.binWidth).coordinate)"
      }
      return tag("path", ["class": "before", "d": path + "V\(frame.bottom.coordinate)"])
    }
    return tag(
      "figure", ["class": "plot"],
      tag("figcaption", [:], .text(title), note.map { tag("small", [:], .text($0)) } ?? .empty),
      frame.drawing(title, bars + [outline].compactMap { $0 }))
  }

  /// The range and the highest density of several histograms, so that they can be drawn on one scale; nil where one
  /// of them would be a spike on the scale of the others.
  static func shared(_ all: [Counts]) -> (range: ClosedRange<Double>, highest: Double)? {
    guard let low = all.map(\.range.lowerBound).min(), let high = all.map(\.range.upperBound).max(),
      let narrowest = all.map({ $0.range.upperBound - $0.range.lowerBound }).min(),
      high - low <= widestRatio * narrowest
    else { return nil }
    return (low...high, all.map(\.highest).max() ?? 0)
  }

  /// How many times the range of one histogram the range of another may be.
  private static let widestRatio = 6.0
}
