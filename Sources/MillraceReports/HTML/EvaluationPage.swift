public import MillraceModels

/// All that an evaluation tells, as a page that needs nothing but itself.
public struct EvaluationPage {
  /// The pictures of mistakes that a page shows.
  public static let mistakeCount = 24

  private let evaluation: Evaluation
  private let figures: EvaluationFigures
  private let slices: [EvaluationSlices]
  private let comparison: ModelComparison?
  private let model: String
  private let data: String

  /// Takes an evaluation.
  ///
  /// - Parameters:
  ///   - evaluation: Whose `Evaluation.mistakes` are shown, too.
  ///   - figures: What was computed of it.
  ///   - slices: The figures of parts of the images.
  ///   - comparison: How another model does; nil: there is none.
  ///   - model: The model's file, for people.
  ///   - data: The folder, for people.
  public init(
    _ evaluation: Evaluation, _ figures: EvaluationFigures, slices: [EvaluationSlices] = [],
    comparison: ModelComparison? = nil, model: String, data: String
  ) {
    self.evaluation = evaluation
    self.figures = figures
    self.slices = slices
    self.comparison = comparison
    self.model = model
    self.data = data
  }

  /// The whole document.
  public var html: String {
    let images = "\(Figures.count(evaluation.count, "image")) of \(data.printable)"
    let sections: [PageSection?] = [
      .evaluatedClasses(evaluation, figures), .slices(slices), .rankings(evaluation, figures),
      figures.coverage.map { .coverage($0) },
      .confusion(evaluation.confusion, classes: evaluation.classes.map(\.name), of: images),
      mistakes, evaluation.calibration.map { .calibration($0, of: images) },
    ]
    return ReportPage.document(
      title: "Evaluation", refreshes: false, [header] + ReportPage.body(sections.compactMap { $0 }))
  }

  private var header: Markup {
    var tiles = [
      Markup.tile(
        Figures.percent(evaluation.accuracy),
        interval: figures.accuracy.interval.map { Figures.percents($0) },
        what: "accuracy"),
      Markup.tile(
        Figures.percent(figures.macro.recall.value),
        interval: figures.macro.recall.interval.map { Figures.percents($0) },
        what: "mean recall of the classes"),
    ]
    if let area = figures.macro.rocArea {
      tiles.append(
        Markup.tile(
          Figures.fixed(area.value, 4), interval: area.interval.map { Figures.interval($0, digits: 4) },
          what: "mean area under ROC curves"))
    }
    var facts = [
      ("images", Figures.count(evaluation.count)),
      ("loss", "\(Figures.fixed(evaluation.loss, 4)) \(Figures.interval(figures.loss.interval, digits: 4))"),
    ]
    if let error = figures.calibrationError {
      facts.append(
        ("calibration error", "\(Figures.percent(error.value)) \(Figures.percents(error.interval))"))
    }
    if !evaluation.skipped.isEmpty {
      facts.append(("files that could not be used", Figures.count(evaluation.skipped.count)))
    }
    return tag(
      "header", [:], tag("h1", [:], "Evaluation"),
      tag("p", [:], PageSection.name(model), " on ", PageSection.name(data)),
      comparison.map { tag("p", [:], .text(ComparisonText($0).sentence)) } ?? .empty,
      tag("div", ["class": "tiles"], tiles),
      tag(
        "dl", ["class": "facts"],
        facts.map { what, figure in
          tag("div", [:], tag("dt", [:], .text(what)), tag("dd", [:], .text(figure)))
        }),
      PageSection.note(
        "With 95 % confidence an interval holds the figure of all images of this kind: Wilson's interval for shares, a bootstrap's "
          + "for all others."))
  }

  private var mistakes: PageSection? {
    guard !evaluation.mistakes.isEmpty else { return nil }
    return PageSection(
      id: "mistakes", title: "Mistakes",
      content: [
        PageSection.note("The images that the model was most sure of and wrong about, as it saw them."),
        .mistakes(evaluation),
      ])
  }
}
