import MillraceModels
import MillraceNetwork
public import MillraceTraining

/// The end of a run for people: the results, where they are, and what to do next.
public struct SummaryText {
  private let summary: TrainingSummary
  private let report: String?
  private let advice: Advice?
  private let next: NextStep?

  /// Takes a summary, the path of the run's report, what the curves say, and the next step with the model where the
  /// curves advise no other run; nil where there is none of these.
  public init(
    _ summary: TrainingSummary, report: String? = nil, advice: Advice? = nil, next: NextStep? = nil
  ) {
    self.next = next
    self.summary = summary
    self.report = report
    self.advice = advice
  }

  /// The whole text.
  public var lines: [String] {
    // Only what was measured of the model's own weights is said about it.
    let epoch = summary.refit ?? summary.best
    let refit = summary.refit.map { ", the last \($0.epoch + 1) of them afresh on all images" } ?? ""
    let phase = summary.best.phase.map { ", in the \($0.rawValue) phase" } ?? ""
    var entries: [(String, String)] = [
      (
        "trained",
        "\(Figures.count(summary.epochs, "epoch")) in \(Figures.duration(summary.seconds))\(refit)"
      )
    ]
    if summary.model.recipe["monitor"] != ValidationMetric.last.rawValue {
      entries.append(("best epoch", "\(summary.best.epoch + 1)\(phase)"))
    }
    entries.append(
      (
        "training",
        "loss \(Figures.fixed(epoch.training.mean, 4)), accuracy \(Figures.percent(epoch.training.accuracy, digits: 2))"
      ))
    if let validation = summary.best.validation {
      entries.append(
        (
          "validation",
          "loss \(Figures.fixed(validation.mean, 4)), accuracy "
            + Figures.accuracy(correct: validation.correct, of: validation.count, digits: 2)
            + (summary.refit == nil ? "" : ", before the model learned from these images, too")
        ))
    }
    entries +=
      summary.calibration.map {
        TemperatureText(fit: $0).entries(isBeforeRefit: summary.refit != nil)
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
