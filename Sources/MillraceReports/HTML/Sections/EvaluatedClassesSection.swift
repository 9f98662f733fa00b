import MillraceModels

extension PageSection {
  /// More rows than this are moved through on a screen; paper shows them all.
  private static let rowsAtOnce = 30

  /// Each class with the intervals of its figures, the weakest first, and the means.
  static func evaluatedClasses(_ evaluation: Evaluation, _ figures: EvaluationFigures) -> PageSection {
    let classes = evaluation.classes
    // A class that nothing was measured of is not weak: it comes last.
    let order = classes.indices.sorted { (classes[$0].f1 ?? 2, $0) < (classes[$1].f1 ?? 2, $1) }
    let names = classes.map(\.name).toldApart
    let rows = order.map { label in
      let own = figures.classes[label]
      return tag(
        "tr", [:], .rowName(names[label]),
        tag("td", [:], .meter(own.f1?.value), .figure(own.f1, digits: 3)),
        tag("td", [:], .share(own.precision)), tag("td", [:], .share(own.recall)),
        tag("td", [:], .figure(own.rocArea, digits: 4)),
        tag("td", [:], .figure(own.averagePrecision, digits: 4)),
        tag("td", [:], .text(Figures.count(classes[label].count))))
    }
    let means = [("macro average", figures.macro), ("weighted average", figures.weighted)].map { name, mean in
      tag(
        "tr", [:], .rowName(name),
        tag("td", [:], .meter(mean.f1.value), .figure(mean.f1, digits: 3)),
        tag("td", [:], .share(mean.precision)), tag("td", [:], .share(mean.recall)),
        tag("td", [:], .figure(mean.rocArea, digits: 4)),
        tag("td", [:], .figure(mean.averagePrecision, digits: 4)),
        tag("td", [:], .text(Figures.count(evaluation.count))))
    }
    let columns = ["class", "F1", "precision", "recall", "ROC AUC", "AP", "images"]
    return PageSection(
      id: "classes", title: "Classes",
      content: [
        .table(
          "The means, and the weakest class first", style: "estimates", isLong: classes.count > rowsAtOnce,
          columns: columns.map { .column($0) }, rows: means + rows),
        note(
          "Precision: the share of the images taken for a class that are of it. Recall: the share of its images that were "
            + "found. F1: the harmonic mean of both. ROC AUC: how probable it is that an image of the class has a larger "
            + "output for it than an image of another class; 0.5 is chance. AP: the mean precision over all recalls; the "
            + "share of the class is chance. Macro: each class counts the same; weighted: as often as it has images."
        ),
      ])
  }
}

extension Markup {
  /// A figure, and its interval in small print.
  static func figure(_ estimate: Estimate?, digits: Int) -> Markup {
    text(Figures.fixed(estimate?.value, digits), Figures.interval(estimate?.interval, digits: digits))
  }

  /// A share, and its interval in small print.
  static func share(_ estimate: Estimate?) -> Markup {
    text(Figures.percent(estimate?.value), Figures.percents(estimate?.interval))
  }

  private static func text(_ figure: String, _ interval: String) -> Markup {
    interval.isEmpty
      ? .text(figure) : tag("span", [:], .text(figure), tag("br"), tag("small", [:], .text(interval)))
  }
}
