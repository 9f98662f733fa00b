import MillraceTraining
public import MillraceWorkshop

/// The end of a search for people: the results, where they are, and what to do next.
public struct TuningText {
  private let record: TuningRecord
  private let folder: TuningFolder

  /// Takes a search that is over, and its folder.
  public init(_ record: TuningRecord, in folder: TuningFolder) {
    self.record = record
    self.folder = folder
  }

  /// The whole text.
  ///
  /// - Parameter isTrained: Whether the winner is trained, so that its own lines follow.
  public func lines(isTrained: Bool) -> [String] {
    let figures = TuningFigures(record: record)
    var entries = [
      (
        "searched",
        "\(Figures.count(record.state.results.count, "training")) of "
          + "\(Figures.count(record.candidates.count, "candidate")) in \(Figures.duration(record.seconds))"
      )
    ]
    if let verdict = record.verdict {
      let images = Figures.count(record.validationImages.count, "validation image")
      if let accuracy = figures.accuracy(of: 0, in: verdict.rung) {
        entries.append(("automatic", "\(accuracy) of \(images)"))
      }
      if let other = verdict.challenger, let accuracy = figures.accuracy(of: other, in: verdict.rung) {
        entries.append(("best other", "\(accuracy): \(record.candidates[other].text.printable)"))
      }
      for comparison in figures.comparisons {
        entries.append(
          ("fold \(comparison.fold)", "automatic \(comparison.automatic), other \(comparison.other)"))
      }
      if let comparison = verdict.comparison {
        let others = verdict.isOnOtherImages ? " of \(Figures.count(record.otherImages)) other images" : ""
        entries.append(("only one", TuningFigures.text(comparison) + others))
      }
    }
    if let verdict = figures.verdict { entries.append(("verdict", verdict)) }
    entries.append(("settings", folder.best.printable))
    entries.append(("report", folder.report.printable))
    if !isTrained {
      entries.append(("next", "millrace train --config \(shellQuoted(folder.best))".printable))
    }
    return namedLines(entries)
  }
}
