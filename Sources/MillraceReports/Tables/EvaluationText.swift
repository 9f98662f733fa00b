public import MillraceModels

/// An evaluation for people: the figures, a row a class, and the confusion matrix.
public struct EvaluationText {
  /// How many unusable files are named.
  private static let filesNamed = 10

  /// The share of the images that the line about the surest answers is of.
  private static let surest = 0.9

  private let evaluation: Evaluation
  private let figures: EvaluationFigures
  private let slices: [EvaluationSlices]
  private let comparison: ModelComparison?

  /// Takes an evaluation.
  ///
  /// - Parameters:
  ///   - evaluation: Of at least one image.
  ///   - figures: What was computed of it.
  ///   - slices: The figures of parts of the images.
  ///   - comparison: How another model does on the same images; nil: there is none.
  public init(
    _ evaluation: Evaluation, _ figures: EvaluationFigures, slices: [EvaluationSlices] = [],
    comparison: ModelComparison? = nil
  ) {
    self.evaluation = evaluation
    self.figures = figures
    self.slices = slices
    self.comparison = comparison
  }

  /// The whole text.
  ///
  /// - Parameter width: The columns there are; nil: as wide as need be.
  public func lines(width: Int?) -> [String] {
    let names = evaluation.classes.map(\.name)
    let confusion = ConfusionText(classes: names, matrix: evaluation.confusion)
    // The figures need no headings.
    return Array(summary.lines(width: width).dropFirst()) + [""] + classes(names).lines(width: width) + [""]
      + confusion.lines(width: width) + slices.flatMap { [""] + table(of: $0).lines(width: width) }
      + comparisonLines + skippedLines
  }

  private var summary: TextTable {
    var table = TextTable([.text(""), .number(""), .text("")])
    table.add(["images", Figures.count(evaluation.count), ""])
    table.add(
      ["loss", Figures.fixed(evaluation.loss, 4), Figures.interval(figures.loss.interval, digits: 4)])
    table.add(
      [
        "accuracy", Figures.percent(evaluation.accuracy, digits: 2),
        Figures.percents(figures.accuracy.interval, digits: 2),
      ])
    if let top = evaluation.topK.last, top.k > 1 {
      table.add(["top-\(top.k) accuracy", Figures.percent(top.accuracy, digits: 2), ""])
    }
    if let error = figures.calibrationError {
      table.add(
        [
          "calibration error", Figures.percent(error.value, digits: 2),
          Figures.percents(error.interval, digits: 2),
        ])
    }
    if let point = figures.coverage?.surest(Self.surest), let accuracy = point.accuracy {
      table.add(
        [
          "surest \(Figures.percent(point.coverage, digits: 0))", Figures.percent(accuracy, digits: 2),
          "from \(Figures.percent(point.threshold)) on",
        ])
    }
    return table
  }

  private func classes(_ names: [String]) -> TextTable {
    var table = TextTable([
      .text("class"), .number("images"), .number("precision"), .number("recall"), .number("F1"),
      .number("ROC AUC"), .number("AP"),
    ])
    for (index, name) in names.toldApart.enumerated() {
      let (report, more) = (evaluation.classes[index], figures.classes[index])
      table.add([
        name, Figures.count(report.count), Figures.percent(report.precision),
        Figures.percent(report.recall), Figures.fixed(report.f1, 3), Figures.fixed(more.rocArea?.value, 4),
        Figures.fixed(more.averagePrecision?.value, 4),
      ])
    }
    for (name, mean) in [("macro average", figures.macro), ("weighted average", figures.weighted)] {
      table.add([
        name, Figures.count(evaluation.count), Figures.percent(mean.precision.value),
        Figures.percent(mean.recall.value), Figures.fixed(mean.f1.value, 3),
        Figures.fixed(mean.rocArea?.value, 4), Figures.fixed(mean.averagePrecision?.value, 4),
      ])
    }
    return table
  }

  private func table(of slices: EvaluationSlices) -> TextTable {
    var table = TextTable([
      .text("\(slices.rule)".printable), .number("images"), .number("accuracy"), .text(""),
      .number("mean recall"),
      .number("loss"),
    ])
    for slice in slices.slices {
      table.add([
        slice.name, Figures.count(slice.count), Figures.percent(slice.accuracy.value),
        Figures.percents(slice.accuracy.interval), Figures.percent(slice.meanRecall.value),
        Figures.fixed(slice.loss?.value, 4),
      ])
    }
    return table
  }

  private var comparisonLines: [String] {
    comparison.map { ["", ComparisonText($0).sentence] } ?? []
  }

  private var skippedLines: [String] {
    let skipped = evaluation.skipped
    guard !skipped.isEmpty else { return [] }
    let rest = skipped.count - Self.filesNamed
    return ["", "\(Figures.count(skipped.count, "file")) could not be used and did not count:"]
      + skipped.prefix(Self.filesNamed).map { "  \($0.path): \($0.reason)".printable }
      + (rest > 0 ? ["  and \(Figures.count(rest)) more"] : [])
  }
}
