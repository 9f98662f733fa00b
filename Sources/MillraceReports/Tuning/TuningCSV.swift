import MillraceModels
import MillraceTraining
import MillraceWorkshop

/// The table of a search, with a row for each candidate and rung.
///
/// Shares are from 0 to 1. Rungs are counted from 1, and candidates from 0, which is the automatic choice. Fold 0
/// means a rung; the other folds are the comparisons at the end. Cells without a value are empty.
enum TuningCSV {
  static let columns = [
    "rung", "fold", "candidate", "changes", "epochs", "steps", "parameters", "correct", "count", "accuracy",
    "accuracy_low", "accuracy_high", "loss", "better", "worse", "probability", "goes_on", "seconds",
  ]

  /// The whole file.
  static func text(of record: TuningRecord) -> String {
    CSV.row(columns) + record.state.results.map { CSV.row(cells($0, in: record)) }.joined()
  }

  private static func cells(_ result: HalvingState.Result, in record: TuningRecord) -> [String] {
    let (number, rung, fold) = (result.job.candidate, result.job.rung, result.job.fold)
    let candidate = record.candidates[number]
    let epochs = record.state.epochs(of: result.job)
    let before = rung > 0 ? record.state.rungs[rung - 1].epochs : 0
    let interval = result.score.flatMap { WilsonInterval(successes: $0.correct, of: $0.count) }
    let comparison: McNemarTest? =
      switch (number, fold) {
      case (0, _): nil
      case (_, 0): record.state.comparison(of: number, in: rung)
      case (_, let fold): record.state.comparison(of: number, inFold: fold)
      }
    let seconds = record.curves[number].filter { (before..<epochs).contains($0.epoch) }.map(\.seconds)
    let goesOn = fold == 0 && ["goes on", "wins"].contains(standing(number, rung, record))
    func cell(_ value: (some CustomStringConvertible)?) -> String { value?.description ?? "" }
    return [
      String(rung + 1), String(fold), String(number), candidate.text, String(epochs),
      String(epochs * record.plan.training.searchSteps), String(candidate.parameterCount),
      cell(result.score?.correct), cell(result.score?.count), cell(result.score?.accuracy),
      cell(interval?.lower), cell(interval?.upper), cell(result.score?.loss),
      cell(comparison?.onlyFirst), cell(comparison?.onlySecond), cell(comparison?.probability),
      goesOn ? "1" : "0", fold == 0 ? Figures.fixed(seconds.reduce(0, +), 3) : "",
    ]
  }

  /// The standing of a candidate at a rung's end.
  private static func standing(_ candidate: Int, _ rung: Int, _ record: TuningRecord) -> String {
    record.lastRung(of: candidate) == rung
      ? TuningFigures(record: record).standing(of: candidate) : "goes on"
  }
}
