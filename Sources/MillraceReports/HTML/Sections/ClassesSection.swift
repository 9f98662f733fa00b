import MillraceModels
import MillracePipeline

extension PageSection {
  /// A table with more rows than this scrolls on a screen; paper shows all rows.
  private static let rowsAtOnce = 30

  /// How each class did, the weakest first.
  static func classes(_ record: RunRecord) -> PageSection? {
    guard let matrix = record.validation?.matrix(classes: record.classes.count) else { return nil }
    // A class without a validation image is not weak: it comes last.
    let order = record.classes.indices.sorted {
      (matrix.f1(of: $0) ?? 2, $0) < (matrix.f1(of: $1) ?? 2, $1)
    }
    let classes = record.classes.toldApart
    let rows = order.map { label in
      tag(
        "tr", [:],
        .rowName(classes[label]),
        tag("td", [:], .meter(matrix.f1(of: label)), .text(Figures.fixed(matrix.f1(of: label), 3))),
        tag("td", [:], .text(Figures.percent(matrix.precision(of: label)))),
        tag("td", [:], .text(Figures.percent(matrix.recall(of: label)))),
        tag("td", [:], .text(Figures.count(matrix.support(of: label)))),
        record.trainingCounts.map { tag("td", [:], .text(Figures.count($0[label]))) } ?? .empty)
    }
    let missed = order.filter { matrix.support(of: $0) > 0 && matrix.precision(of: $0) == nil }
    let names =
      ["class", "F1", "precision", "recall", "validation images"]
      + (record.trainingCounts == nil ? [] : ["training images"])
    return PageSection(
      id: "classes", title: "Classes",
      content: [
        missed.isEmpty ? .empty : tag("p", [:], .text(neverNamed(missed.map { classes[$0].printable }))),
        .table(
          "The weakest class first", isLong: record.classes.count > rowsAtOnce,
          columns: names.map { .column($0) }, rows: rows),
        note(
          "Precision: the share of the images taken for a class that belong to it. Recall: the share of its images that were "
            + "found. F1: the harmonic mean of both."),
      ])
  }
}

extension PageSection {
  /// The number of classes that a sentence names.
  private static let mostNamed = 10

  /// A sentence that says that no image was taken for some classes.
  private static func neverNamed(_ classes: [String]) -> String {
    let shown = classes.prefix(mostNamed).joined(separator: ", ")
    return "No image was taken for \(Figures.count(classes.count, "class", "classes")): \(shown)"
      + (classes.count > mostNamed ? " and others." : ".")
  }
}

extension Markup {
  /// A bar for a share from 0 to 1, beside its number.
  static func meter(_ share: Double?) -> Markup {
    guard let share else { return .empty }
    return tag(
      "span", ["class": "meter", "aria-hidden": "true"],
      tag("i", ["style": "width: \(Figures.fixed(min(1, max(0, share)) * 100, 1))%"]))
  }
}
