import MillraceModels

extension PageSection {
  /// How a model does on parts of the images; nothing where none were asked for.
  static func slices(_ all: [EvaluationSlices]) -> PageSection? {
    guard !all.isEmpty else { return nil }
    let columns = ["accuracy", "mean recall", "loss", "calibration error", "images"]
    let tables = all.map { slices in
      Markup.table(
        "By \("\(slices.rule)".printable)", style: "estimates",
        columns: ([slices.rule.description.printable] + columns).map { .column($0) },
        rows: slices.slices.map { slice in
          tag(
            "tr", [:], .rowName(slice.name),
            tag("td", [:], .meter(slice.accuracy.value), .share(slice.accuracy)),
            tag("td", [:], .share(slice.meanRecall)), tag("td", [:], .figure(slice.loss, digits: 4)),
            tag("td", [:], .share(slice.calibrationError)), tag("td", [:], .text(Figures.count(slice.count))))
        })
    }
    return PageSection(
      id: "slices", title: "Slices",
      content: tables + [
        note(
          "Where the intervals of two slices do not overlap, the model does worse on one of them; where they do, that may be "
            + "chance. Thirds are of the images measured here, and equal values stay together.")
      ])
  }
}
