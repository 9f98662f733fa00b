/// Several runs side by side.
struct ComparisonPage {
  let runs: [RunComparison.Run]

  /// The whole document.
  var html: String {
    let comparison = RunComparison(runs: runs)
    let header = tag(
      "header", [:], tag("h1", [:], "\(runs.count) runs side by side"),
      comparison.groups.count > 1
        ? PageSection.note(
          "They were validated on \(comparison.groups.count) different sets of images: figures compare within a table only."
        ) : .empty)
    return ReportPage.document(
      title: "\(runs.count) runs", refreshes: false,
      [header]
        + ReportPage.body(
          [
            comparison.figures, comparison.settings, comparison.curves, comparison.histograms,
            comparison.network, comparison.firstLayers,
          ].compactMap { $0 }))
  }
}
