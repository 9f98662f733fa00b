import MillraceTraining

extension PageSection {
  /// How fast the run was, and which threads waited for which.
  static func speed(_ record: RunRecord) -> PageSection? {
    guard !record.epochs.isEmpty else { return nil }
    return PageSection(
      id: "speed", title: "Speed",
      content: [
        .plots([
          LinePlot(
            title: "Training images a second", scale: .rate,
            series: [
              LinePlot.Series(
                name: "images a second", color: 1, points: record.search.points(\.imagesPerSecond))
            ], fromZero: true
          ).markup,
          LinePlot(
            title: "Waiting", note: "share of an epoch's time", scale: .share,
            series: [
              LinePlot.Series(
                name: "workers for images", color: 1, points: record.search.points(\.computeWait)),
              LinePlot.Series(name: "loaders for room", color: 2, points: record.search.points(\.loaderWait)),
            ], fromZero: true
          ).markup,
        ])
      ])
  }
}
