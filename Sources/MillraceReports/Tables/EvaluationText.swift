public import Millrace

/// An evaluation for people: the figures, a row a class, and the confusion matrix.
public struct EvaluationText {
  /// How many unusable files are named.
  private static let filesNamed = 10

  private let evaluation: Evaluation

  /// Takes an evaluation.
  public init(_ evaluation: Evaluation) {
    self.evaluation = evaluation
  }

  /// The whole text.
  ///
  /// - Parameter width: The columns there are; nil: as wide as need be.
  public func lines(width: Int?) -> [String] {
    var figures = TextTable([.text(""), .number("")])
    figures.add(["images", Figures.count(evaluation.count)])
    figures.add(["loss", Figures.fixed(evaluation.loss, 4)])
    figures.add(["accuracy", Figures.percent(evaluation.accuracy, digits: 2)])
    if let top = evaluation.topK.last, top.k > 1 {
      figures.add(["top-\(top.k) accuracy", Figures.percent(top.accuracy, digits: 2)])
    }
    if let calibration = evaluation.calibration {
      figures.add(["calibration error", Figures.percent(calibration.expectedError, digits: 2)])
    }
    var classes = TextTable([
      .text("class"), .number("images"), .number("precision"), .number("recall"), .number("F1"),
    ])
    let names = evaluation.classes.map(\.name)
    for (name, report) in zip(names.toldApart, evaluation.classes) {
      classes.add([
        name, Figures.count(report.count), Figures.percent(report.precision),
        Figures.percent(report.recall), Figures.fixed(report.f1, 3),
      ])
    }
    let confusion = ConfusionText(classes: names, matrix: evaluation.confusion)
    // The figures need no headings.
    return Array(figures.lines(width: width).dropFirst()) + [""] + classes.lines(width: width) + [""]
      + confusion.lines(width: width) + skippedLines
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
