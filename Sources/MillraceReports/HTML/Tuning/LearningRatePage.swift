public import MillraceModels
public import MillraceWorkshop

/// A learning-rate range test as a page and as a table.
public enum LearningRateReport {
  /// Writes `report.html` and `lr-range.csv` into a folder.
  ///
  /// - Throws: `FileError`.
  public static func write(_ curve: LearningRateCurve, of data: String, to folder: TuningFolder)
    throws(FileError)
  {
    try DurableFile.write(table(of: curve), to: folder.rates)
    try DurableFile.write(page(of: curve, data: data), to: folder.report)
  }

  /// A row for each step.
  static func table(of curve: LearningRateCurve) -> String {
    CSV.row(["step", "lr", "loss", "smoothed_loss"])
      + curve.points.enumerated().map { index, point in
        CSV.row(["\(index + 1)", "\(point.rate)", "\(point.loss)", "\(point.smoothed)"])
      }.joined()
  }

  /// The whole document.
  static func page(of curve: LearningRateCurve, data: String) -> String {
    let least = curve.points.map(\.smoothed).filter(\.isFinite).min() ?? 0
    // Beyond a few times the minimum, the curve only shows how steep a cliff is.
    let shown = curve.points.filter { $0.smoothed <= 4 * least }
    let plot = LinePlot(
      title: "Loss", note: "smoothed, over a learning rate that grows step by step", scale: .number,
      across: .rates,
      series: [
        LinePlot.Series(name: "smoothed loss", color: 1, points: shown.map { ($0.rate, $0.smoothed) })
      ],
      marks: curve.suggestion.map { [(at: $0, text: "suggested rate")] } ?? [])
    let text = LearningRateText(curve)
    return ReportPage.document(
      title: "Learning-rate range", refreshes: false,
      [
        tag("header", [:], tag("h1", [:], "Learning-rate range of ", PageSection.name(data.printable)))
      ]
        + ReportPage.body([
          PageSection(
            id: "loss", title: "Loss",
            content: [tag("p", [:], .text(text.sentence)), .plots([plot.markup])]
              + [
                .note(
                  "Where the loss falls fastest learning is quickest; where it is least it is about to grow. "
                    + "A tenth of that rate is a safe one to begin with (Smith, 2017).")
              ])
        ]))
  }
}

/// The conclusion of a learning-rate range test, in words.
public struct LearningRateText {
  private let curve: LearningRateCurve

  /// Takes the measured curve.
  public init(_ curve: LearningRateCurve) {
    self.curve = curve
  }

  /// The conclusion in a sentence.
  var sentence: String {
    guard let lowest = curve.lowest, let steepest = curve.steepest, let suggestion = curve.suggestion else {
      return "The loss has not fallen at any learning rate: more steps or larger minibatches may tell more."
    }
    return "The loss falls fastest at \(Figures.significant(steepest.rate)) and is least at "
      + "\(Figures.significant(lowest.rate)): --lr \(Figures.significant(suggestion)) is a good beginning."
  }

  /// The whole text.
  public func lines(in folder: TuningFolder) -> [String] {
    [
      sentence, "\(Figures.count(curve.points.count, "step")), table \(folder.rates.printable)",
      "report \(folder.report.printable)",
    ]
  }
}
