/// Several runs side by side.
struct ComparisonPage {
  let runs: [RunComparison.Run]

  /// The whole document.
  var html: String {
    let comparison = RunComparison(runs: runs)
    let header = tag(
      "header", [:], tag("h1", [:], "\(runs.count) runs side by side"),
      comparison.difference.map { tag("p", ["class": "status"], .text("They differ in \($0).")) } ?? .empty,
      comparison.groups.count > 1
        ? PageSection.note(
          "They were validated on \(comparison.groups.count) different sets of images: figures can be compared only within a table."
        ) : .empty)
    return ReportPage.document(
      title: "\(runs.count) runs" + (comparison.difference.map { ": \($0)" } ?? ""), refreshes: false,
      [header]
        + ReportPage.body(
          [
            comparison.figures, comparison.settings, comparison.curves(isKeyed: true), comparison.histograms,
            comparison.network, comparison.firstLayers,
          ].compactMap { $0 }))
  }
}
