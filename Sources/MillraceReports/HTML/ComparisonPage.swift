/// Several runs side by side.
struct ComparisonPage {
  let runs: [RunComparison.Run]

  /// The whole document.
  var html: String {
    let comparison = RunComparison(runs: runs)
    let header = tag(
      "header", [:], tag("h1", [:], "\(runs.count) runs side by side"))
    return ReportPage.document(
      title: "\(runs.count) runs", refreshes: false,
      [header]
        + ReportPage.body(
          [
            comparison.figures, comparison.curves, comparison.settings, comparison.histograms,
            comparison.network, comparison.firstLayers,
          ].compactMap { $0 }))
  }
}
