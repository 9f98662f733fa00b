import MillraceTraining
import MillraceWorkshop

/// A search for better settings as a page that needs no other file.
struct TuningPage {
  let folder: TuningFolder
  let record: TuningRecord

  /// The whole document.
  var html: String {
    let figures = TuningFigures(record: record)
    let name = Report.names(of: [folder.path])[0].printable
    let sections: [PageSection] = [
      .candidates(figures), .comparisons(figures), .candidateCurves(record), .worth(figures),
      .tuningCommands(figures, in: folder),
      .automaticChoice(record),
    ].compactMap { $0 }
    return ReportPage.document(
      title: "Tuning \(name)", refreshes: record.verdict == nil,
      [header(figures, name: name)] + ReportPage.body(sections))
  }

  private func header(_ figures: TuningFigures, name: String) -> Markup {
    let done = record.state.results.count
    let status =
      figures.verdict.map { $0.prefix(1).uppercased() + $0.dropFirst() + "." }
      ?? "\(Figures.count(done, "training")) of at most "
      + "\(record.state.rungs.reduce(2 * record.state.folds) { $0 + $1.candidates }) judged when this was written. "
      + "This page reloads itself every few seconds."
    return tag(
      "header", [:],
      tag("h1", [:], "Tuning ", PageSection.name(name)),
      tag("p", ["class": "status"], .text(status)),
      tag("p", [:], .text("The plan: \(figures.plan).")),
      tag(
        "p", [:],
        .text(
          "Of the images that decide: \(figures.resolution)."
            + (figures.shortfall.map { " Note: \($0)." } ?? ""))),
      tag(
        "div", ["class": "tiles"],
        tiles(figures).map { figure, what in
          Markup.tile(figure, what: what, isMain: false)
        }),
      tag(
        "dl", ["class": "facts"],
        facts.map { what, figure in
          tag("div", [:], tag("dt", [:], .text(what)), tag("dd", [:], .text(figure)))
        }))
  }

  private func tiles(_ figures: TuningFigures) -> [(String, String)] {
    var tiles: [(String, String)] = []
    if let verdict = record.verdict {
      if let automatic = figures.accuracy(of: 0, in: verdict.rung) {
        tiles.append((automatic, "automatic choice"))
      }
      if let challenger = verdict.challenger,
        let accuracy = figures.accuracy(of: challenger, in: verdict.rung)
      {
        tiles.append((accuracy, "candidate \(challenger), the best other"))
      }
      if let comparison = verdict.comparison {
        tiles.append(
          (
            TuningFigures.text(comparison),
            (verdict.isOnOtherImages ? "other images" : "validation images") + " that only one gets right"
          ))
      }
    }
    return tiles
  }

  /// The other facts, in small print.
  private var facts: [(String, String)] {
    let held = record.validationFraction.map { ", \(Figures.percent($0)) held back" } ?? ""
    return [
      ("candidates", Figures.count(record.candidates.count)),
      ("images to train on in the search", Figures.count(record.trainingImages.count)),
      ("images to judge by\(held)", Figures.count(record.validationImages.count)),
      ("steps in all", Figures.count(record.plan.steps)),
      ("time of searching", Figures.duration(record.seconds)),
    ]
  }
}
