import Millrace

extension PageSection {
  /// How loss, accuracy and learning rate went.
  static func curves(_ record: RunRecord) -> PageSection? {
    guard !record.epochs.isEmpty else { return nil }
    let marks = record.marks
    func plot(
      _ title: String, _ scale: LinePlot.Scale, training: (EpochReport) -> Double?,
      validation: (EpochReport) -> Double?
    ) -> Markup {
      let curves = [
        LinePlot.Series(name: "training", color: 1, points: record.search.points(training)),
        LinePlot.Series(name: "validation", color: 2, points: record.search.points(validation)),
        LinePlot.Series(
          name: "refit on all images", color: 3, isDashed: true, points: record.refit.points(training)),
      ]
      return LinePlot(
        title: title, scale: scale, series: curves.filter { !$0.points.isEmpty }, marks: marks
      ).markup
    }
    let rate = LinePlot(
      title: "Learning rate", note: "of each epoch's last step", scale: .number,
      series: [
        LinePlot.Series(name: "learning rate", color: 1, points: record.search.points(\.learningRate))
      ],
      fromZero: true)
    return PageSection(
      id: "learning", title: "Learning",
      content: [
        .plots([
          plot("Loss", .number, training: { $0.training.mean }, validation: { $0.validation?.mean }),
          plot(
            "Accuracy", .share, training: { $0.training.accuracy }, validation: { $0.validation?.accuracy }),
          rate.markup,
        ]),
        .note(
          "Training figures are those of the minibatches as they were trained on: augmented, and each before its step."
        ),
      ])
  }
}

extension RunRecord {
  /// The epoch whose weights were kept, and the one that validation found best by loss.
  fileprivate var marks: [(at: Double, text: String)] {
    let validated = search.compactMap { report in (report.validation?.mean).map { (report, $0) } }
    let best = best.map { [(at: Double($0.epoch + 1), text: keepsLast ? "kept epoch" : "best epoch")] } ?? []
    guard let lowest = validated.min(by: { $0.1 < $1.1 })?.0, lowest.epoch != self.best?.epoch
    else {
      return best
    }
    return best + [(at: Double(lowest.epoch + 1), text: "lowest validation loss")]
  }
}

extension Sequence<EpochReport> {
  /// The points of a curve; epochs without a value are left out.
  func points(_ value: (EpochReport) -> Double?) -> [(x: Double, y: Double)] {
    compactMap { report in value(report).map { (Double(report.epoch + 1), $0) } }
  }
}

extension Markup {
  /// Plots side by side, where a section is built.
  static func plots(_ plots: [Markup?]) -> Markup { PageSection.plots(plots) }
  /// A remark, where a section is built.
  static func note(_ text: String) -> Markup { PageSection.note(text) }
}
