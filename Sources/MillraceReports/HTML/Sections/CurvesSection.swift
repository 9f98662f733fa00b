import MillraceNetwork
import MillraceTraining

extension PageSection {
  /// The course of loss, accuracy and learning rate.
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
        inWords(record) ?? .empty,
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

extension PageSection {
  /// What the losses say when they are compared, in words.
  private static func inWords(_ record: RunRecord) -> Markup? {
    guard let advice = record.advice else { return nil }
    switch advice.verdict {
    case .overfits(let since, _, _):
      let kept = record.best.map { best in
        best.epoch + 1 > since
          ? " The weights that were kept are later ones, those of epoch \(best.epoch + 1)."
          : " The weights that were kept are those of epoch \(best.epoch + 1)."
      }
      return tag(
        "p", [:],
        .text(
          advice.sentence
            + " The training loss went on falling: what is learned from there on is memorised."
            + (kept ?? "")))
    case .stillFalling: return tag("p", [:], .text(advice.sentence))
    case .notValidated, .noBetterThanLargestClass, .deadLayer, .tooFewToTell, .settled: return nil
    }
  }
}

extension RunRecord {
  /// The epoch whose weights were kept, and those that were best in validation by accuracy and by loss; an epoch
  /// that is several of these is marked once.
  fileprivate var marks: [(at: Double, text: String)] {
    let validated = search.filter { $0.validation?.mean?.isFinite ?? false }
    var found: [(epoch: Int, text: String)] = []
    func isBest(_ report: EpochReport, by value: (EpochReport) -> Double) -> Bool {
      value(report) == validated.map(value).max()
    }
    let measures: [(name: String, value: (EpochReport) -> Double)] = [
      ("accuracy", { $0.validation?.accuracy ?? 0 }), ("loss", { -($0.validation?.mean ?? .infinity) }),
    ]
    var names = Set<String>()
    func add(_ report: EpochReport, isKept: Bool) {
      let measured = measures.filter { !names.contains($0.name) && isBest(report, by: $0.value) }.map(\.name)
      names.formUnion(measured)
      let best = measured.isEmpty ? [] : ["best by " + measured.joined(separator: " and ")]
      let text = ((isKept ? ["kept epoch"] : []) + best).joined(separator: ", ")
      if !text.isEmpty { found.append((report.epoch, text)) }
    }
    // Of equal epochs the one that was kept is marked.
    if let best, search.contains(where: { $0.epoch == best.epoch }) { add(best, isKept: true) }
    for report in validated { add(report, isKept: false) }
    return found.map { (at: Double($0.epoch + 1), text: $0.text) }
  }
}

extension Sequence<EpochReport> {
  /// The points of a curve; epochs without a value are left out.
  func points(_ value: (EpochReport) -> Double?) -> [(x: Double, y: Double)] {
    compactMap { report in value(report).map { (Double(report.epoch + 1), $0) } }
  }
}

extension Markup {
  /// Places plots side by side.
  static func plots(_ plots: [Markup?]) -> Markup { PageSection.plots(plots) }
  /// Makes a remark.
  static func note(_ text: String) -> Markup { PageSection.note(text) }
}
