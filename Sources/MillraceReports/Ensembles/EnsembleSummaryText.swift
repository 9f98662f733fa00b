import MillraceModels
public import MillraceTraining

/// The end of an ensemble's runs for people: the results, where they are, and what to do next.
public struct EnsembleSummaryText {
  private let summary: EnsembleSummary
  private let report: String?
  private let advice: Advice?
  private let next: NextStep?

  /// Takes a summary, the path of the report, what the curves say, and the next step with the model where the
  /// curves advise no other run; nil where there is none of these.
  public init(
    _ summary: EnsembleSummary, report: String? = nil, advice: Advice? = nil, next: NextStep? = nil
  ) {
    self.next = next
    self.summary = summary
    self.report = report
    self.advice = advice
  }

  /// The whole text.
  public var lines: [String] {
    let outOfFold = summary.examination?.outOfFold
    let networks = Figures.count(summary.members.count, "network")
    var entries = [("trained", "\(networks) in \(Figures.duration(summary.seconds))")]
    let refit =
      summary.model.recipe["refit"] == "true" ? ", before the networks learned from these images, too" : ""
    if let accuracy = summary.memberAccuracy {
      let text = "accuracy \(Figures.accuracy(accuracy))"
      entries.append((outOfFold == nil ? "each network" : "folds", text + refit))
    }
    if let evaluation = summary.examination?.evaluation {
      entries.append(
        (
          outOfFold == nil ? "together" : "all folds",
          "loss \(Figures.fixed(evaluation.loss, 4)), accuracy "
            + Figures.accuracy(correct: evaluation.correct, of: evaluation.count, digits: 2) + refit
        ))
    }
    if let outOfFold, let folder = summary.folder {
      let count = Figures.count(outOfFold.suspectCount, "suspect label")
      entries.append(("out of fold", "\(RunFolder(path: folder).outOfFold.printable), \(count) first"))
    }
    entries +=
      summary.calibration.map {
        TemperatureText(fit: $0).entries(isBeforeRefit: summary.model.recipe["refit"] == "true")
      } ?? []
    entries += summary.test?.entries ?? []
    entries +=
      SummaryEnding(
        folder: summary.folder, skipped: summary.skipped, warned: summary.warned, model: summary.modelPath,
        report: report, advice: advice, next: next
      ).entries
    return namedLines(entries)
  }
}
