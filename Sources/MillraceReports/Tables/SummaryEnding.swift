import MillraceModels
import MillracePipeline
import MillraceTraining

/// The lines at the end of every training: what was left out, where files are, what the curves say, and what to do
/// next.
struct SummaryEnding {
  let folder: String?
  let skipped: [SkippedSample]
  let warned: Int
  let model: String?
  let report: String?
  let advice: Advice?
  /// What can be done with the model where the curves advise no other run.
  let next: NextStep?

  var entries: [(String, String)] {
    var entries: [(String, String)] = []
    if !skipped.isEmpty {
      let place = folder.map { ", listed in \(RunFolder(path: $0).badFiles.printable)" } ?? ""
      entries.append(("skipped", Figures.count(skipped.count, "file") + place))
    }
    if warned > 0 { entries.append(("warnings", "\(Figures.count(warned, "file")) decoded with warnings")) }
    if let model { entries.append(("model", model.printable)) }
    if let report { entries.append(("report", report.printable)) }
    if let advice { entries.append(("curves", advice.description)) }
    if let next = folder.flatMap({ advice?.next(after: $0) }) ?? next { entries.append(("next", "\(next)")) }
    return entries
  }
}

extension TestResult {
  /// The lines that say this, with their headings.
  var entries: [(String, String)] {
    let skipped = evaluation.skipped.count
    return [
      (
        "test",
        "loss \(Figures.fixed(evaluation.loss, 4)), accuracy "
          + Figures.accuracy(correct: evaluation.correct, of: evaluation.count, digits: 2)
          + " on \(data.printable)"
          + (skipped > 0 ? ", without \(Figures.count(skipped, "file")) that cannot be used" : "")
      )
    ]
  }
}
