import Millrace

/// Several runs, and the sections of the page that compares them.
struct RunComparison: Sendable {
  /// A run and what it is called.
  struct Run: Sendable {
    let name: String
    let record: RunRecord
  }

  let runs: [Run]

  /// A curve for each run.
  func plot(
    _ title: String, _ scale: LinePlot.Scale, note: String? = nil, fromZero: Bool = false,
    _ value: (EpochReport) -> Double?
  ) -> Markup? {
    let series = runs.enumerated().map { index, run in
      LinePlot.Series(name: run.name.printable, color: index + 1, points: run.record.search.points(value))
    }.filter { !$0.points.isEmpty }
    if series.isEmpty { return nil }
    return LinePlot(title: title, note: note, scale: scale, series: series, fromZero: fromZero).markup
  }

  /// A table with a column for each run.
  ///
  /// - Parameter rows: What a row is about, and what stands there of each run.
  func table(_ corner: String, _ rows: [(String, [Markup])]) -> Markup {
    let heading = runs.map { tag("th", ["scope": "col", "class": "name"], .text($0.name.printable)) }
    return tag(
      "div", ["class": "scroll"],
      tag(
        "table", [:],
        tag("thead", [:], tag("tr", [:], [tag("th", ["scope": "col"], .text(corner))] + heading)),
        tag(
          "tbody", [:],
          rows.map { title, cells in
            tag("tr", [:], [tag("th", ["scope": "row"], .text(title))] + cells.map { tag("td", [:], $0) })
          })))
  }
}
