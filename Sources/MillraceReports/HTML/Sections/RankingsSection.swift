import MillraceModels

extension PageSection {
  /// The most classes that curves are drawn of.
  private static let mostCurves = 8

  /// How well each class is told from all others at any threshold: the curves of those that are told worst.
  static func rankings(_ evaluation: Evaluation, _ figures: EvaluationFigures) -> PageSection? {
    let areas = figures.classes.enumerated().compactMap { label, own in own.rocArea.map { (label, $0.value) }
    }
    guard !areas.isEmpty else { return nil }
    let worst = areas.sorted { ($0.1, $0.0) < ($1.1, $1.0) }.prefix(mostCurves).map(\.0)
    let names = evaluation.classes.map(\.name).toldApart
    let curves = worst.map { ClassRanking(evaluation.outputs, class: $0).curve() }
    func series(_ point: (ClassRanking.Point) -> (x: Double, y: Double), from start: (Double, Double)?)
      -> [LinePlot.Series]
    {
      worst.indices.map { index in
        LinePlot.Series(
          name: names[worst[index]].printable, color: index + 1,
          points: (start.map { [(x: $0.0, y: $0.1)] } ?? []) + curves[index].map(point))
      }
    }
    let which =
      areas.count > mostCurves
      ? "the \(mostCurves) of \(Figures.count(areas.count, "class", "classes")) told worst" : nil
    return PageSection(
      id: "rankings", title: "Thresholds",
      content: [
        plots([
          LinePlot(
            title: "ROC: share of the class found", note: which, scale: .share,
            across: .shares("share of the others taken for it"),
            series: series({ ($0.falsePositiveRate, $0.truePositiveRate) }, from: (0, 0)), fromZero: true
          ).markup,
          LinePlot(
            title: "Precision", note: which, scale: .share, across: .shares("recall"),
            series: series({ ($0.truePositiveRate, $0.precision) }, from: nil), fromZero: true
          ).markup,
        ]),
        note(
          "Each curve goes through all thresholds on a class's output, from the largest to the smallest. A class that is told "
            + "perfectly from all others reaches the upper left corner of the first plot, the upper right one of the second."
        ),
      ])
  }

  /// What becomes of the model where it may say "none of these".
  static func coverage(_ coverage: CoverageCurve) -> PageSection {
    let rows = coverage.points.map { point in
      tag(
        "tr", [:],
        tag("th", ["scope": "row"], .text(point.threshold > 0 ? Figures.percent(point.threshold) : "all")),
        tag("td", [:], .text(Figures.percent(point.coverage))),
        tag("td", [:], .text(Figures.count(point.count))),
        tag("td", [:], .text(Figures.percent(point.accuracy, digits: 2))))
    }
    let plot = LinePlot(
      title: "Right answers", note: "by the share of the images that are answered", scale: .share,
      across: .shares("share answered"),
      series: [
        LinePlot.Series(
          name: "right", color: 1,
          points: coverage.curve.reversed().compactMap { point in point.accuracy.map { (point.coverage, $0) }
          })
      ])
    return PageSection(
      id: "coverage", title: "None of these",
      content: [
        tag(
          "div", ["class": "beside"], plot.markup,
          .table(
            "If it answers only from a confidence on",
            columns: ["from", "answered", "images", "right"].map { .column($0) }, rows: rows)),
        note(
          "millrace predict --reject-below P leaves an image without a class where the model is less sure than P."
        ),
      ])
  }
}
