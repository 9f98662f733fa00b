import Millrace

extension PageSection {
  /// More rows than this are moved through on a screen; paper shows them all.
  private static let rowsAtOnce = 30

  /// How each class did.
  static func classes(_ record: RunRecord) -> PageSection? {
    guard let matrix = record.validation?.matrix(classes: record.classes.count) else { return nil }
    let rows = record.classes.enumerated().map { label, name in
      tag(
        "tr", [:], tag("td", ["class": "name"], .text(name.printable)),
        tag("td", [:], .text(Figures.percent(matrix.precision(of: label)))),
        tag("td", [:], .text(Figures.percent(matrix.recall(of: label)))),
        tag("td", [:], .text(Figures.fixed(matrix.f1(of: label), 3))),
        tag("td", [:], .text(Figures.count(matrix.support(of: label)))))
    }
    let headings = ["precision", "recall", "F1", "support"].map { tag("th", ["scope": "col"], .text($0)) }
    return PageSection(
      id: "classes", title: "Classes",
      content: [
        tag(
          "div", ["class": record.classes.count > rowsAtOnce ? "scroll long" : "scroll"],
          tag(
            "table", [:],
            tag("thead", [:], tag("tr", [:], [tag("th", ["scope": "col"], "class")] + headings)),
            tag("tbody", [:], rows))),
        note(
          "Precision: the share of the images taken for a class that are of it. Recall: the share of its images that were "
            + "found. F1: the harmonic mean of both. Support: its images."),
      ])
  }
}
